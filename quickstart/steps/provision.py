"""Resources and rights."""
import secrets
import uuid

from azure.core.exceptions import ResourceExistsError
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.mgmt.datafactory.models import Factory, FactoryIdentity
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.mgmt.synapse import SynapseManagementClient
from azure.mgmt.synapse.models import BigDataPoolResourceInfo, DataLakeStorageAccountDetails, ManagedIdentity, Sku, SqlPool, Workspace, WorkspaceAadAdminInfo
from azure.synapse.accesscontrol import AccessControlClient

from . import identity, names
from .console import line
from .identity import owner as credential

# Made new for every deployment; it goes into the workspace and the vault and nowhere else.
sql_password = "Px-" + secrets.token_urlsafe(24)

ROLES = {
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Data Factory Contributor": "673868aa-7521-48a0-acc6-0f60742d39f5",
    "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
}
SYNAPSE_ROLES = {
    "Synapse Artifact Publisher": "05930f57-09a3-4c0d-9fa9-6d1eb91c178b",
    "Synapse Artifact User": "53faaa0e-40b6-40c8-a2ff-e38f2d388875",
    "Synapse Compute Operator": "e3844cc7-4670-42cb-9349-9bdac1ee7881",
}


def resources():
    ResourceManagementClient(credential, names.SUBSCRIPTION).resource_groups.create_or_update(
        names.GROUP, {"location": names.LOCATION, "tags": {"purpose": "quickstart"}}
    )
    StorageManagementClient(credential, names.SUBSCRIPTION).storage_accounts.begin_create(
        names.GROUP,
        names.LAKE,
        {"location": names.LOCATION, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": {"isHnsEnabled": True}},
    ).result()
    line(f"storage account {names.LAKE} (hierarchical namespace)")
    KeyVaultManagementClient(credential, names.SUBSCRIPTION).vaults.begin_create_or_update(
        names.GROUP,
        names.VAULT,
        {
            "location": names.LOCATION,
            "properties": {"tenantId": names.TENANT, "sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": True},
        },
    ).result()
    line(f"key vault {names.VAULT}")
    workspace()
    DataFactoryManagementClient(credential, names.SUBSCRIPTION).factories.create_or_update(
        names.GROUP, names.FACTORY, Factory(location=names.LOCATION, identity=FactoryIdentity(type="SystemAssigned"))
    )
    line(f"data factory {names.FACTORY}")


def workspace():
    synapse = SynapseManagementClient(credential, names.SUBSCRIPTION)
    synapse.workspaces.begin_create_or_update(
        names.GROUP,
        names.WORKSPACE,
        Workspace(
            location=names.LOCATION,
            identity=ManagedIdentity(type="SystemAssigned"),
            default_data_lake_storage=DataLakeStorageAccountDetails(
                account_url=f"https://{names.LAKE}.dfs.core.windows.net", filesystem="raw"
            ),
            sql_administrator_login=names.SQL_ADMIN,
            sql_administrator_login_password=sql_password,
        ),
    ).result()
    line(f"Synapse workspace {names.WORKSPACE}")
    synapse.workspace_aad_admins.begin_create_or_update(
        names.GROUP,
        names.WORKSPACE,
        WorkspaceAadAdminInfo(administrator_type="ActiveDirectory", login="owner", sid=identity.object_id(credential), tenant_id=names.TENANT),
    ).result()
    synapse.sql_pools.begin_create(
        names.GROUP, names.WORKSPACE, names.POOL, SqlPool(location=names.LOCATION, sku=Sku(name="DW100c"))
    ).result()
    line(f"dedicated SQL pool {names.POOL}")
    pool = BigDataPoolResourceInfo(location=names.LOCATION, spark_version="3.5", node_count=3, node_size="Small", node_size_family="MemoryOptimized")
    synapse.big_data_pools.begin_create_or_update(names.GROUP, names.WORKSPACE, names.SPARK_POOL, pool).result()
    line(f"Spark pool {names.SPARK_POOL}")


def rights(deployer):
    """docs/identities.md says what fails without each."""
    factory = DataFactoryManagementClient(credential, names.SUBSCRIPTION).factories.get(names.GROUP, names.FACTORY).identity.principal_id
    workspace = SynapseManagementClient(credential, names.SUBSCRIPTION).workspaces.get(names.GROUP, names.WORKSPACE).identity.principal_id
    assign(deployer.object_id, "Data Factory Contributor", names.FACTORY_ID, "the deployer deploys and runs")
    assign(deployer.object_id, "Storage Blob Data Contributor", names.LAKE_ID, "the deployer uploads the files")
    assign(deployer.object_id, "Key Vault Secrets Officer", names.VAULT_ID, "the deployer stores the secret")
    assign(factory, "Key Vault Secrets User", names.VAULT_ID, "the factory reads the password")
    assign(factory, "Storage Blob Data Contributor", names.LAKE_ID, "the factory copies files")
    assign_in_workspace(deployer.object_id, "Synapse Artifact Publisher", "the deployer deploys the notebook")
    assign_in_workspace(factory, "Synapse Artifact User", "the factory reads the notebook")
    assign_in_workspace(factory, "Synapse Compute Operator", "the factory runs it on the Spark pool")
    assign(workspace, "Storage Blob Data Reader", names.LAKE_ID, "the workspace reads for COPY INTO and OPENROWSET")


def assign_in_workspace(principal, role, why):
    scope = f"workspaces/{names.WORKSPACE}"
    client = AccessControlClient(credential, f"https://{names.WORKSPACE}.dev.azuresynapse.net")
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}|{principal}|{role}"))
    client.role_assignments.create_role_assignment(name, SYNAPSE_ROLES[role], principal, scope)
    line(f"{role}: {why}")


def assign(principal, role, scope, why):
    client = AuthorizationManagementClient(credential, names.SUBSCRIPTION)
    definition = f"/subscriptions/{names.SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{ROLES[role]}"
    # The same assignment has the same name, so that a second run makes no second one.
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}|{principal}|{definition}"))
    try:
        client.role_assignments.create(
            scope, name, {"properties": {"roleDefinitionId": definition, "principalId": principal, "principalType": "ServicePrincipal"}}
        )
    except ResourceExistsError:
        pass
    line(f"{role}: {why}")
