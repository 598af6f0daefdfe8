"""The loads: each writes through one SDK with retries off, on names of its own, and checks them after a restart."""
import base64
import json
import os
import uuid

from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.secrets import SecretClient
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.storage.blob import BlobServiceClient
from azure.storage.filedatalake import DataLakeServiceClient
from load import ABSENT, Register, content, digest

ONCE = {"retry_total": 0, "retry_connect": 0, "retry_read": 0, "retry_status": 0}
NAMES = 6


def found(read):
    try:
        return read()
    except ResourceNotFoundError:
        return ABSENT


class Definitions:
    """Pipelines of a factory: documents with an etag."""

    name = "definitions"

    def __init__(self, owner, group):
        self.client = DataFactoryManagementClient(owner, os.environ["AZURE_SUBSCRIPTION_ID"], **ONCE)
        self.group = self.factory = group
        self.client.factories.create_or_update(group, self.factory, {"location": "westeurope"})
        self.registers = {f"p{i}": Register() for i in range(NAMES)}

    def step(self, rng):
        name, register = rng.choice(list(self.registers.items()))
        if register.acknowledged is not ABSENT and rng.random() < 0.2:
            register.write(ABSENT, lambda: self.client.pipelines.delete(self.group, self.factory, name))
            return
        value = f"v{rng.getrandbits(64)}"
        body = {"properties": {"description": value, "activities": []}}
        register.write(value, lambda: self.client.pipelines.create_or_update(self.group, self.factory, name, body))

    def check(self):
        for name, register in self.registers.items():
            register.settle(found(lambda n=name: self.client.pipelines.get(self.group, self.factory, n).description), name)
        listed = {pipeline.name for pipeline in self.client.pipelines.list_by_factory(self.group, self.factory)}
        assert listed == {name for name, register in self.registers.items() if register.acknowledged is not ABSENT}


SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"


def vault(owner, group):
    """The name of a new vault, in which the owner may handle secrets."""
    name, subscription = "kv-" + group, os.environ["AZURE_SUBSCRIPTION_ID"]
    sku = {"family": "A", "name": "standard"}
    properties = {"tenantId": os.environ["AZURE_TENANT_ID"], "sku": sku, "enableRbacAuthorization": True}
    vaults = KeyVaultManagementClient(owner, subscription).vaults
    made = vaults.begin_create_or_update(group, name, {"location": "westeurope", "properties": properties}).result()
    claims = owner.get_token("https://management.azure.com/.default").token.split(".")[1]
    principal = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["oid"]
    role = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{SECRETS_OFFICER}"
    assignment = {"role_definition_id": role, "principal_id": principal, "principal_type": "ServicePrincipal"}
    AuthorizationManagementClient(owner, subscription).role_assignments.create(made.id, str(uuid.uuid4()), assignment)
    return name


class Secrets:
    """Key Vault: every acknowledged version stays, and the newest is the acknowledged one."""

    name = "secrets"

    def __init__(self, owner, vault):
        self.client = SecretClient(f"https://{vault}.vault.azure.net", owner, **ONCE)
        self.registers = {f"s{i}": Register() for i in range(NAMES)}

    def step(self, rng):
        name, register = rng.choice(list(self.registers.items()))
        value = f"v{rng.getrandbits(64)}"
        register.write(value, lambda: self.client.set_secret(name, value))

    def check(self):
        for name, register in self.registers.items():
            kept = len(register.pending)
            register.settle(found(lambda n=name: self.client.get_secret(n).value), name)
            versions = 0 if register.acknowledged is ABSENT else len(list(self.client.list_properties_of_secret_versions(name)))
            assert register.writes <= versions <= register.writes + kept, f"{name}: {versions} versions, {register.writes} acknowledged"
            register.writes = versions


def storage_account(owner, group):
    """Name and key of a new account with a hierarchical namespace."""
    accounts = StorageManagementClient(owner, os.environ["AZURE_SUBSCRIPTION_ID"]).storage_accounts
    name = "st" + group
    sku = {"name": "Standard_LRS"}
    accounts.begin_create(group, name, {"location": "westeurope", "kind": "StorageV2", "sku": sku, "properties": {"isHnsEnabled": True}}).result()
    return name, accounts.list_keys(group, name)["keys"][0]["value"]


class Blobs:
    """Whole blobs, small (inline) and large (files, in blocks): overwritten and deleted. Old or new content, never a mixture."""

    name = "blobs"
    SIZES = (0, 100, 4_000, 70_000, 1_000_000, 3_000_000)

    def __init__(self, account, key):
        service = BlobServiceClient(f"https://{account}.blob.core.windows.net", key, max_single_put_size=512_000, max_block_size=400_000, **ONCE)
        self.container = service.create_container("blobs")
        self.registers = {f"folder/b{i}": Register() for i in range(NAMES)}

    def step(self, rng):
        name, register = rng.choice(list(self.registers.items()))
        if register.acknowledged is not ABSENT and rng.random() < 0.2:
            register.write(ABSENT, lambda: self.container.delete_blob(name))
            return
        data = content(rng, rng.choice(self.SIZES))
        register.write(digest(data), lambda: self.container.upload_blob(name, data, overwrite=True))

    def check(self):
        for name, register in self.registers.items():
            register.settle(digest(found(lambda n=name: self.container.download_blob(n).readall())), name)
        listed = {blob.name for blob in self.container.list_blobs(name_starts_with="folder/b")}
        assert listed == {name for name, register in self.registers.items() if register.acknowledged is not ABSENT}


class GrowingFile:
    """DFS append and flush: exactly the flushed bytes are there, in order."""

    name = "growing file"

    def __init__(self, account, key):
        service = DataLakeServiceClient(f"https://{account}.dfs.core.windows.net", key, **ONCE)
        self.file = service.create_file_system("growing").create_file("grows.bin")
        self.length = Register()
        self.length.acknowledged = 0

    @staticmethod
    def part(start, size):
        """The file's bytes at `start` depend on nothing but their place."""
        return bytes((position * 2654435761 >> 7) & 0xFF for position in range(start, start + size))

    def step(self, rng):
        start, size = self.length.acknowledged, rng.choice((1, 700, 9_000))
        self.file.append_data(self.part(start, size), start)
        self.length.write(start + size, lambda: self.file.flush_data(start + size))

    def check(self):
        data = self.file.download_file().readall()
        self.length.settle(len(data), "length")
        assert data == self.part(0, len(data)), "the bytes are not those that were appended"


class Renames:
    """A folder moved to and fro: whole at one place, nothing at the other."""

    name = "renames"
    FILES = ("a.txt", "deep/b.txt", "deep/er/c.txt")

    def __init__(self, account, key):
        service = DataLakeServiceClient(f"https://{account}.dfs.core.windows.net", key, **ONCE)
        self.lake = service.create_file_system("renames")
        for file in self.FILES:
            self.lake.get_file_client("here/" + file).upload_data(file.encode(), overwrite=True)
        self.place = Register()
        self.place.acknowledged = "here"

    def step(self, rng):
        source = self.place.acknowledged
        target = "there" if source == "here" else "here"
        self.place.write(target, lambda: self.lake.get_directory_client(source).rename_directory(f"renames/{target}"))

    def check(self):
        names = sorted(path.name for path in self.lake.get_paths() if not path.is_directory)
        places = {name.split("/", 1)[0] for name in names}
        assert len(places) == 1, f"split over {places}: {names}"
        self.place.settle(places.pop(), "folder")
        assert names == sorted(f"{self.place.acknowledged}/{file}" for file in self.FILES)
        for file in self.FILES:
            assert self.lake.get_file_client(f"{self.place.acknowledged}/{file}").download_file().readall() == file.encode()
