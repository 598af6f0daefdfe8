"""Resources that benches work on, made once per run with the owner's credentials."""
import functools
import os
import uuid

from azure.identity import DefaultAzureCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.mgmt.synapse import SynapseManagementClient

SUBSCRIPTION = os.environ["AZURE_SUBSCRIPTION_ID"]
LOCATION = "westeurope"
BLOB_DATA_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
NAME = "b" + uuid.uuid4().hex[:10]
SQL_ADMIN, SQL_PASSWORD = "benchadmin", "Px-" + uuid.uuid4().hex


@functools.cache
def group():
    ResourceManagementClient(DefaultAzureCredential(), SUBSCRIPTION).resource_groups.create_or_update(NAME, {"location": LOCATION})
    return NAME


@functools.cache
def storage_account():
    client = StorageManagementClient(DefaultAzureCredential(), SUBSCRIPTION)
    parameters = {"location": LOCATION, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": {"isHnsEnabled": True}}
    client.storage_accounts.begin_create(group(), NAME, parameters).result()
    return NAME, client.storage_accounts.list_keys(group(), NAME).keys_property[0].value


@functools.cache
def factory():
    client = DataFactoryManagementClient(DefaultAzureCredential(), SUBSCRIPTION)
    made = client.factories.create_or_update(group(), NAME, {"location": LOCATION, "identity": {"type": "SystemAssigned"}})
    storage_account()
    scope = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group()}/providers/Microsoft.Storage/storageAccounts/{NAME}"
    role = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{BLOB_DATA_CONTRIBUTOR}"
    properties = {"roleDefinitionId": role, "principalId": made.identity.principal_id, "principalType": "ServicePrincipal"}
    AuthorizationManagementClient(DefaultAzureCredential(), SUBSCRIPTION).role_assignments.create(scope, str(uuid.uuid4()), {"properties": properties})
    return client


@functools.cache
def sql_pool():
    account, _ = storage_account()
    client = SynapseManagementClient(DefaultAzureCredential(), SUBSCRIPTION)
    workspace = {
        "location": LOCATION,
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "defaultDataLakeStorage": {"accountUrl": f"https://{account}.dfs.core.windows.net", "filesystem": "bench"},
            "sqlAdministratorLogin": SQL_ADMIN,
            "sqlAdministratorLoginPassword": SQL_PASSWORD,
        },
    }
    client.workspaces.begin_create_or_update(group(), NAME, workspace).result()
    client.sql_pools.begin_create(group(), NAME, "pool", {"location": LOCATION, "sku": {"name": "DW100c"}}).result()
    return "pool"


def spark_remote():
    token = DefaultAzureCredential().get_token("https://dev.azuresynapse.net/.default").token
    return f"{os.environ['AXONITE_SPARK']}/;token={token}"
