"""Blob and DFS through azure-storage-blob, azure-storage-file-datalake, deltalake and azure-mgmt-storage."""
import base64
import concurrent.futures
import datetime
import json
import uuid

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.storage.blob import BlobBlock, BlobSasPermissions, BlobServiceClient, generate_blob_sas
from azure.storage.filedatalake import DataLakeServiceClient

NO_RETRY = {"retry_total": 0}


@pytest.fixture(scope="module")
def account(owner, subscription_id):
    name = "st" + uuid.uuid4().hex[:12]
    groups = ResourceManagementClient(owner, subscription_id).resource_groups
    groups.create_or_update("storage-tests", {"location": "westeurope"})
    client = StorageManagementClient(owner, subscription_id)
    client.storage_accounts.begin_create(
        "storage-tests", name, {"location": "westeurope", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2", "properties": {"isHnsEnabled": True}}
    ).result()
    key = client.storage_accounts.list_keys("storage-tests", name)["keys"][0]["value"]
    yield name, key, client
    client.storage_accounts.delete("storage-tests", name)


def lake_of(account, credential=None):
    return DataLakeServiceClient(f"https://{account[0]}.dfs.core.windows.net", credential=credential or account[1], **NO_RETRY)


def blobs_of(account, credential=None):
    return BlobServiceClient(f"https://{account[0]}.blob.core.windows.net", credential=credential or account[1], **NO_RETRY)


def object_id(credential):
    claims = credential.get_token("https://storage.azure.com/.default").token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["oid"]


class OtherAudience:
    """A token that the tenant made for Resource Manager."""

    def __init__(self, credential):
        self.credential = credential

    def get_token(self, *scopes, **options):
        return self.credential.get_token("https://management.azure.com/.default")


@pytest.fixture
def raw(account, unique):
    return lake_of(account).create_file_system(unique)


@pytest.mark.witness("storage_accounts.PutAccount", "storage_accounts.ListKeys", "storage_accounts.GetAccount", "storage_accounts.PutContainer",
                     "storage_accounts.ListContainers", "storage_accounts.CheckNameAvailability", "storage_accounts.RegenerateKey")
def test_management_of_accounts(account, unique):
    name, _, client = account
    assert client.storage_accounts.get_properties("storage-tests", name).is_hns_enabled
    assert name in [a.name for a in client.storage_accounts.list()]
    assert not client.storage_accounts.check_name_availability({"name": name, "type": "Microsoft.Storage/storageAccounts"}).name_available
    client.blob_containers.create("storage-tests", name, unique, {})
    assert unique in [c.name for c in client.blob_containers.list("storage-tests", name)]
    second = client.storage_accounts.list_keys("storage-tests", name)["keys"][1]["value"]
    assert client.storage_accounts.regenerate_key("storage-tests", name, {"keyName": "key2"})["keys"][1]["value"] != second
    with pytest.raises(HttpResponseError):
        list(blobs_of(account, second).list_containers())
    with pytest.raises(ResourceNotFoundError):
        client.storage_accounts.get_properties("storage-tests", "st" + unique)


@pytest.mark.witness("storage.CreatePath", "storage.AppendData", "storage.FlushData", "storage.GetBlob", "storage.GetBlobProperties", "storage.RenamePath",
                     "storage.ListPaths", "storage.SetPathProperties", "storage.DeleteBlob", "storage.GetAccessControl", "storage.SetAccessControl")
def test_paths_of_a_file_system(raw):
    directory = raw.create_directory("a/b")
    file = directory.create_file("f.txt", metadata={"k": "v"})
    file.append_data(b"hello ", 0)
    file.append_data(b"world", 6)
    with pytest.raises(HttpResponseError) as wrong:
        file.flush_data(99)
    assert wrong.value.error_code == "InvalidFlushPosition"
    file.flush_data(11)
    assert file.download_file().readall() == b"hello world"
    assert file.download_file(offset=6, length=3).readall() == b"wor"
    assert file.get_file_properties().metadata == {"k": "v"}
    file.upload_data(b"x" * 300_000, overwrite=True)
    assert len(file.download_file().readall()) == 300_000
    names = [(p.name, p.is_directory) for p in raw.get_paths()]
    assert names == [("a", True), ("a/b", True), ("a/b/f.txt", False)]
    directory.rename_directory(f"{raw.file_system_name}/a/c")
    assert [p.name for p in raw.get_paths(path="a")] == ["a/c", "a/c/f.txt"]
    moved = raw.get_file_client("a/c/f.txt")
    moved.set_access_control(permissions="rwxr-----")
    assert moved.get_access_control()["permissions"] == "rwxr-----"
    with pytest.raises(ResourceNotFoundError):
        raw.get_file_client("a/b/f.txt").get_file_properties()
    with pytest.raises(ResourceNotFoundError):
        raw.get_file_client("none").download_file()
    raw.get_directory_client("a").delete_directory()
    assert list(raw.get_paths()) == []


@pytest.mark.witness("storage.PutBlob", "storage.PutBlock", "storage.PutBlockList", "storage.GetBlockList", "storage.ListBlobs", "storage.CopyBlob",
                     "storage.SetBlobMetadata", "storage.SetBlobProperties", "storage.LeaseBlob", "storage.ContainerBatch")
def test_blobs_of_a_container(account, raw):
    container = blobs_of(account).get_container_client(raw.file_system_name)
    blob = container.upload_blob("d/one", b"1", metadata={"m": "1"})
    with pytest.raises(ResourceExistsError) as lost:
        container.upload_blob("d/one", b"2")
    assert lost.value.error_code == "BlobAlreadyExists"
    large = bytes(range(256)) * 4096 * 9
    container.upload_blob("d/large", large, max_concurrency=2)
    assert container.download_blob("d/large", max_concurrency=2).readall() == large
    blob.stage_block("YQ==", b"aa")
    blob.stage_block("Yg==", b"bb")
    assert len(blob.get_block_list("all")[1]) == 2
    blob.commit_block_list([BlobBlock("Yg=="), BlobBlock("YQ==")])
    assert blob.download_blob().readall() == b"bbaa"
    blob.set_blob_metadata({"x": "y"})
    assert blob.get_blob_properties().metadata == {"x": "y"}
    lease = blob.acquire_lease()
    with pytest.raises(HttpResponseError) as leased:
        blob.upload_blob(b"3", overwrite=True)
    assert leased.value.error_code == "LeaseIdMissing"
    lease.release()
    copy = container.get_blob_client("copy")
    assert copy.start_copy_from_url(blob.url)["copy_status"] == "success"
    assert copy.download_blob().readall() == b"bbaa"
    assert [b.name for b in container.list_blobs(results_per_page=2)] == ["copy", "d", "d/large", "d/one"]
    assert sorted(b.name for b in container.walk_blobs()) == ["copy", "d/"]
    with pytest.raises(HttpResponseError) as stale:
        blob.upload_blob(b"4", overwrite=True, etag='"0x1"', match_condition=MatchConditions.IfNotModified)
    assert stale.value.error_code == "ConditionNotMet"
    answers = list(container.delete_blobs("copy", "none", raise_on_any_failure=False))
    assert [a.status_code for a in answers] == [202, 404]
    assert not copy.exists()


@pytest.mark.witness("storage.GetUserDelegationKey", "storage.ListContainers", "storage.GetContainerProperties")
def test_who_may(account, raw, owner, stranger):
    name, key, _ = account
    raw.get_file_client("f").upload_data(b"secret", overwrite=True)
    # An Owner of the account has no data actions: without a data role the path's access control list decides.
    with pytest.raises(HttpResponseError) as no_role:
        blobs_of(account, owner).get_blob_client(raw.file_system_name, "f").download_blob()
    assert no_role.value.error_code == "AuthorizationPermissionMismatch"
    me = object_id(owner)
    raw.get_directory_client("/").set_access_control(acl=f"user::rwx,group::r-x,other::---,user:{me}:--x")
    raw.get_file_client("f").set_access_control(acl=f"user::rw-,group::r--,other::---,user:{me}:r--")
    assert blobs_of(account, owner).get_blob_client(raw.file_system_name, "f").download_blob().readall() == b"secret"
    with pytest.raises(HttpResponseError) as mismatch:
        blobs_of(account, stranger).get_blob_client(raw.file_system_name, "f").download_blob()
    assert mismatch.value.error_code == "AuthorizationPermissionMismatch"
    with pytest.raises(ClientAuthenticationError):
        blobs_of(account, OtherAudience(owner)).get_blob_client(raw.file_system_name, "f").download_blob()
    with pytest.raises(ClientAuthenticationError):
        blobs_of(account, "d3Jvbmc=").get_blob_client(raw.file_system_name, "f").download_blob()
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    read = BlobSasPermissions(read=True)
    delegation = blobs_of(account, owner).get_user_delegation_key(datetime.datetime.now(datetime.timezone.utc), soon)
    for how in ({"account_key": key}, {"user_delegation_key": delegation}):
        sas = generate_blob_sas(name, raw.file_system_name, "f", permission=read, expiry=soon, **how)
        client = blobs_of(account, sas).get_blob_client(raw.file_system_name, "f")
        assert client.download_blob().readall() == b"secret"
        with pytest.raises(HttpResponseError):
            client.delete_blob()
        with pytest.raises(HttpResponseError):
            blobs_of(account, sas).get_blob_client(raw.file_system_name, "other").download_blob()


def test_delta_tables_with_concurrent_appends(account, raw):
    import pyarrow
    from deltalake import DeltaTable, write_deltalake

    url = f"abfss://{raw.file_system_name}@{account[0]}.dfs.core.windows.net/table"
    options = {"account_name": account[0], "account_key": account[1]}
    write_deltalake(url, pyarrow.table({"x": [0]}), storage_options=options)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(write_deltalake, url, pyarrow.table({"x": [i]}), mode="append", storage_options=options) for i in range(1, 9)]:
            done.result()
    table = DeltaTable(url, storage_options=options)
    assert sorted(table.to_pyarrow_table()["x"].to_pylist()) == list(range(9))
    assert table.version() == 8
