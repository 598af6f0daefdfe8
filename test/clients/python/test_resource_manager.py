"""Resource groups, providers, subscriptions and generic lists through azure-mgmt-resource, unmodified."""
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient


@pytest.fixture
def client(owner, subscription_id):
    return ResourceManagementClient(owner, subscription_id, retry_total=0)


@pytest.fixture
def group(client, unique):
    made = client.resource_groups.create_or_update(unique, {"location": "eastus", "tags": {"made": "by a test"}})
    yield made
    if client.resource_groups.check_existence(unique):
        client.resource_groups.begin_delete(unique).result()


@pytest.mark.witness("resource_manager.ListSubscriptions", "resource_manager.GetSubscription", "resource_manager.ListTenants")
def test_subscriptions(owner, subscription_id, tenant_id):
    client = SubscriptionClient(owner, retry_total=0)
    assert subscription_id in [s.subscription_id for s in client.subscriptions.list()]
    assert client.subscriptions.get(subscription_id).state == "Enabled"
    assert tenant_id in [t.tenant_id for t in client.tenants.list()]
    with pytest.raises(ResourceNotFoundError, match="SubscriptionNotFound"):
        client.subscriptions.get("00000000-0000-4000-8000-000000000000")


@pytest.mark.witness(
    "resource_manager.PutResourceGroup",
    "resource_manager.GetResourceGroup",
    "resource_manager.CheckResourceGroup",
    "resource_manager.UpdateResourceGroup",
    "resource_manager.ListResourceGroups",
)
def test_a_group_is_made_changed_and_read(client, group):
    assert group.properties.provisioning_state == "Succeeded"
    assert client.resource_groups.check_existence(group.name)
    assert client.resource_groups.update(group.name, {"tags": {"b": "2"}}).tags == {"b": "2"}
    assert client.resource_groups.get(group.name).location == "eastus"
    assert group.name in [g.name for g in client.resource_groups.list()]


@pytest.mark.witness("resource_manager.DeleteResourceGroup", "resource_manager.GetOperationResult")
def test_a_deleted_group_is_gone(client, group):
    client.resource_groups.begin_delete(group.name).result()
    assert not client.resource_groups.check_existence(group.name)
    with pytest.raises(ResourceNotFoundError) as refused:
        client.resource_groups.get(group.name)
    assert refused.value.error.code == "ResourceGroupNotFound"


@pytest.mark.parametrize(
    "name, body, code, status",
    [
        ("bad$name", {"location": "eastus"}, "InvalidResourceGroup", 400),
        ("no-location", {}, "LocationRequired", 400),
    ],
)
def test_a_wrong_group_is_refused(client, name, body, code, status):
    with pytest.raises(HttpResponseError) as refused:
        client.resource_groups.create_or_update(name, body)
    assert (refused.value.error.code, refused.value.status_code) == (code, status)


def test_a_group_does_not_move(client, group):
    with pytest.raises(HttpResponseError) as refused:
        client.resource_groups.create_or_update(group.name, {"location": "westeurope"})
    assert (refused.value.error.code, refused.value.status_code) == ("InvalidResourceGroupLocation", 409)


@pytest.mark.witness("resource_manager.ListProviders", "resource_manager.GetProvider", "resource_manager.RegisterProvider")
def test_providers(client):
    assert "Microsoft.DataFactory" in [p.namespace for p in client.providers.list()]
    assert client.providers.register("Microsoft.Synapse").registration_state == "Registered"
    with pytest.raises(HttpResponseError) as refused:
        client.providers.get("Microsoft.Nothing")
    assert refused.value.error.code == "InvalidResourceNamespace"


@pytest.mark.witness("resource_manager.ListResources", "resource_manager.ListGroupResources")
def test_resources_are_listed_by_filter(client, group):
    assert list(client.resources.list_by_resource_group(group.name)) == []
    assert list(client.resources.list(filter="resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'no-such-vault'")) == []
    with pytest.raises(HttpResponseError) as refused:
        list(client.resources.list(filter="size gt 3"))
    assert refused.value.error.code == "InvalidFilterInQueryString"


def test_an_unknown_type_is_refused_by_name(client, group):
    with pytest.raises(HttpResponseError) as refused:
        client.resources.get(group.name, "Microsoft.KeyVault", "", "things", "t", api_version="2021-04-01")
    assert refused.value.error.code == "InvalidResourceType"


def test_without_a_right_nothing(stranger, subscription_id, group):
    client = ResourceManagementClient(stranger, subscription_id, retry_total=0)
    with pytest.raises(HttpResponseError) as refused:
        client.resource_groups.get(group.name)
    assert (refused.value.error.code, refused.value.status_code) == ("AuthorizationFailed", 403)
    assert list(client.resource_groups.list()) == []


def test_a_token_for_another_audience_is_refused(owner, subscription_id):
    class ForTheVault:
        def get_token(self, *scopes, **options):
            return owner.get_token("https://vault.azure.net/.default")

    client = ResourceManagementClient(ForTheVault(), subscription_id, retry_total=0)
    with pytest.raises(ClientAuthenticationError) as refused:
        client.resource_groups.get("any")
    assert refused.value.status_code == 401


def test_a_request_without_api_version_is_refused(owner, subscription_id):
    token = owner.get_token("https://management.azure.com/.default").token
    answer = requests.get(
        f"https://management.azure.com/subscriptions/{subscription_id}/resourcegroups", headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "MissingApiVersionParameter")


@pytest.mark.witness("resource_manager.GetCloudMetadata")
def test_cloud_metadata_is_public():
    cloud = requests.get("https://management.azure.com/metadata/endpoints?api-version=2022-09-01").json()
    assert cloud["resourceManager"] == "https://management.azure.com"  # no slash at the end: Terraform joins it
    assert cloud["authentication"]["identityProvider"] == "AAD"
