"""azure-keyvault-secrets and azure-mgmt-keyvault."""
import uuid

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.keyvault.secrets import SecretClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient


@pytest.fixture(scope="module")
def management(owner, subscription_id):
    return KeyVaultManagementClient(owner, subscription_id)


@pytest.fixture(scope="module")
def vault(management, owner, subscription_id, tenant_id):
    group, name = "kv-" + uuid.uuid4().hex[:8], "kv" + uuid.uuid4().hex[:12]
    groups = ResourceManagementClient(owner, subscription_id).resource_groups
    groups.create_or_update(group, {"location": "eastus"})
    made = management.vaults.begin_create_or_update(group, name, {
        "location": "eastus",
        "properties": {"tenantId": tenant_id, "sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": True},
    }).result()
    yield group, made
    management.vaults.delete(group, name)
    management.vaults.begin_purge_deleted(name, "eastus").result()
    groups.begin_delete(group).result()


@pytest.fixture(scope="module")
def officer(vault, owner, subscription_id):
    """The owner has no right on data until a role says so."""
    import base64, json
    from azure.mgmt.authorization import AuthorizationManagementClient
    token = owner.get_token("https://management.azure.com/.default").token.split(".")[1]
    principal = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))["oid"]
    client = SecretClient(vault[1].properties.vault_uri, owner)
    with pytest.raises(HttpResponseError) as refused:
        client.get_secret("a")
    assert refused.value.status_code == 403 and refused.value.error.code == "Forbidden"
    role = f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/00482a5a-887f-4fb3-b363-3b7fe8e74483"
    AuthorizationManagementClient(owner, subscription_id).role_assignments.create(
        vault[1].id, str(uuid.uuid4()), {"role_definition_id": role, "principal_id": principal, "principal_type": "ServicePrincipal"})
    return client


@pytest.mark.witness("key_vault.SetSecret", "key_vault.GetSecret", "key_vault.UpdateSecret", "key_vault.ListSecretVersions")
def test_versions(officer, unique):
    first = officer.set_secret(unique, "one", content_type="text/plain", tags={"a": "b"})
    officer.set_secret(unique, "two")
    assert officer.get_secret(unique).value == "two"
    old = officer.get_secret(unique, first.properties.version)
    assert (old.value, old.properties.tags, old.properties.content_type) == ("one", {"a": "b"}, "text/plain")
    assert len(list(officer.list_properties_of_secret_versions(unique))) == 2
    officer.update_secret_properties(unique, enabled=False)
    with pytest.raises(HttpResponseError) as refused:
        officer.get_secret(unique)
    assert refused.value.status_code == 403
    with pytest.raises(ResourceNotFoundError):
        officer.get_secret("none-" + unique)


@pytest.mark.witness("key_vault.DeleteSecret", "key_vault.GetDeletedSecret", "key_vault.RecoverSecret", "key_vault.PurgeSecret")
def test_deletion_is_soft(officer, unique):
    officer.set_secret(unique, "kept")
    officer.begin_delete_secret(unique).wait()
    with pytest.raises(ResourceNotFoundError):
        officer.get_secret(unique)
    with pytest.raises(ResourceExistsError):
        officer.set_secret(unique, "other")
    officer.begin_recover_deleted_secret(unique).wait()
    assert officer.get_secret(unique).value == "kept"
    officer.begin_delete_secret(unique).wait()
    officer.purge_deleted_secret(unique)
    with pytest.raises(ResourceNotFoundError):
        officer.get_deleted_secret(unique)


@pytest.mark.witness("key_vault.ListSecrets", "key_vault.ListDeletedSecrets")
def test_lists_are_paged(officer, unique):
    names = {f"{unique}-{i:02}" for i in range(30)}
    for name in names:
        officer.set_secret(name, "x")
    assert names <= {secret.name for secret in officer.list_properties_of_secrets()}
    officer.begin_delete_secret(f"{unique}-00").wait()
    assert f"{unique}-00" in {secret.name for secret in officer.list_deleted_secrets()}


def test_strangers_are_refused(vault, stranger, bad_credential):
    with pytest.raises(HttpResponseError) as refused:
        SecretClient(vault[1].properties.vault_uri, stranger).get_secret("a")
    assert refused.value.status_code == 403
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        SecretClient(vault[1].properties.vault_uri, bad_credential).get_secret("a")


@pytest.mark.witness("key_vault.PutVault", "key_vault.GetVault", "key_vault.UpdateVault", "key_vault.DeleteVault", "key_vault.ListVaults",
                     "key_vault.ListVaultsOfGroup", "key_vault.CheckNameAvailability", "key_vault.GetDeletedVault",
                     "key_vault.ListDeletedVaults", "key_vault.PurgeDeletedVault")
def test_vaults(vault, management, tenant_id, unique):
    group = vault[0]
    body = {"location": "eastus", "properties": {"tenantId": tenant_id, "sku": {"family": "A", "name": "standard"}}}
    assert management.vaults.check_name_availability({"name": unique, "type": "Microsoft.KeyVault/vaults"}).name_available
    made = management.vaults.begin_create_or_update(group, unique, body).result()
    assert made.properties.vault_uri == f"https://{unique}.vault.azure.net/"
    assert management.vaults.update(group, unique, {"tags": {"a": "b"}}).tags == {"a": "b"}
    assert management.vaults.get(group, unique).tags == {"a": "b"}
    assert unique in {one.name for one in management.vaults.list_by_resource_group(group)}
    assert unique in {one.name for one in management.vaults.list_by_subscription()}
    management.vaults.delete(group, unique)
    assert unique in {one.name for one in management.vaults.list_deleted()}
    assert management.vaults.get_deleted(unique, "eastus").properties.vault_id == made.id
    with pytest.raises(HttpResponseError):
        management.vaults.begin_create_or_update(group, unique, body).result()
    management.vaults.begin_purge_deleted(unique, "eastus").result()
    assert management.vaults.check_name_availability({"name": unique, "type": "Microsoft.KeyVault/vaults"}).name_available
