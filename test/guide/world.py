"""What the guide takes for granted: its prerequisites, made with Azure's own packages before the first block runs."""
import os
import uuid

from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.mgmt.datafactory.models import Factory, FactoryIdentity
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.mgmt.synapse import SynapseManagementClient
from azure.mgmt.synapse.models import BigDataPoolResourceInfo, DataLakeStorageAccountDetails, ManagedIdentity, Sku, SqlPool, Workspace
from azure.keyvault.secrets import SecretClient
from azure.storage.filedatalake import DataLakeServiceClient
from azure.synapse.accesscontrol import AccessControlClient

LOCATION = "westeurope"
SQL_USER = "sqladminuser"  # the guide's
SQL_PASSWORD = "Guide-" + uuid.uuid4().hex
SQL_POOL, SPARK_POOL = "SQLPool1", "SparkPool01"

BLOB_DATA_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
FACTORY_CONTRIBUTOR = "673868aa-7521-48a0-acc6-0f60742d39f5"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
COMPUTE_OPERATOR = "e3844cc7-4670-42cb-9349-9bdac1ee7881"
ARTIFACT_USER = "53faaa0e-40b6-40c8-a2ff-e38f2d388875"


class World:
    def __init__(self, owner):
        self.owner, self.subscription, self.tenant = owner, os.environ["AZURE_SUBSCRIPTION_ID"], os.environ["AZURE_TENANT_ID"]
        tail = uuid.uuid4().hex[:6]
        self.group, self.workspace, self.factory = "guide-" + tail, "guide-ws-" + tail, "guide-adf-" + tail
        self.vault, self.purview, self.account = "guide-kv-" + tail, "guide-pv-" + tail, "guidelake" + tail
        self.machine_learning = "guide-ml-" + tail
        self.id = f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
        ResourceManagementClient(owner, self.subscription).resource_groups.create_or_update(self.group, {"location": LOCATION})
        self._make_lake()
        self._make_workspace()
        self._make_factory()
        self._make_vault()
        self._make_purview()

    @property
    def names(self):
        """The guide's placeholders."""
        return {"your-synapse-workspace": self.workspace, "your-synapse": self.workspace, "your-ml-workspace": self.machine_learning,
                "your-resource-group": self.group, "your-subscription-id": self.subscription, "your-tenant-id": self.tenant,
                "your-purview-account": self.purview, "your-collection": self.purview, "your-data-factory-name": self.factory,
                "yourstorage": self.account, "container@storage": f"container@{self.account}", "container": "container"}

    @property
    def endpoint(self):
        return f"https://{self.workspace}.dev.azuresynapse.net"

    def grant(self, role, scope, principal):
        definition = f"/subscriptions/{self.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        AuthorizationManagementClient(self.owner, self.subscription).role_assignments.create(
            scope, str(uuid.uuid4()), {"properties": {"roleDefinitionId": definition, "principalId": principal, "principalType": "ServicePrincipal"}})

    def remove(self):
        ResourceManagementClient(self.owner, self.subscription).resource_groups.begin_delete(self.group).result()

    def _make_lake(self):
        accounts = StorageManagementClient(self.owner, self.subscription).storage_accounts
        self.account_id = accounts.begin_create(self.group, self.account, {
            "location": LOCATION, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": {"isHnsEnabled": True}}).result().id
        key = accounts.list_keys(self.group, self.account)["keys"][0]["value"]
        self.lake = DataLakeServiceClient(f"https://{self.account}.dfs.core.windows.net", credential=key)
        for name in ("container", "raw-data", "processed-data", "synapse"):
            self.lake.create_file_system(name)

    def _make_workspace(self):
        synapse = SynapseManagementClient(self.owner, self.subscription)
        storage = DataLakeStorageAccountDetails(account_url=f"https://{self.account}.dfs.core.windows.net", filesystem="synapse")
        made = synapse.workspaces.begin_create_or_update(self.group, self.workspace, Workspace(
            location=LOCATION, identity=ManagedIdentity(type="SystemAssigned"), default_data_lake_storage=storage,
            sql_administrator_login=SQL_USER, sql_administrator_login_password=SQL_PASSWORD)).result()
        self.workspace_identity = made.identity.principal_id
        synapse.sql_pools.begin_create(self.group, self.workspace, SQL_POOL, SqlPool(location=LOCATION, sku=Sku(name="DW100c"))).result()
        synapse.big_data_pools.begin_create_or_update(self.group, self.workspace, SPARK_POOL, BigDataPoolResourceInfo(
            location=LOCATION, spark_version="3.5", node_count=3, node_size="Small", node_size_family="MemoryOptimized")).result()
        self.grant(BLOB_DATA_CONTRIBUTOR, self.account_id, self.workspace_identity)

    def _make_factory(self):
        made = DataFactoryManagementClient(self.owner, self.subscription).factories.create_or_update(
            self.group, self.factory, Factory(location=LOCATION, identity=FactoryIdentity(type="SystemAssigned")))
        self.factory_id, self.factory_identity = made.id, made.identity.principal_id
        self.grant(BLOB_DATA_CONTRIBUTOR, self.account_id, self.factory_identity)
        self.grant(FACTORY_CONTRIBUTOR, self.factory_id, self.workspace_identity)
        assignments = AccessControlClient(self.owner, self.endpoint).role_assignments
        for role in (COMPUTE_OPERATOR, ARTIFACT_USER):
            assignments.create_role_assignment(str(uuid.uuid4()), role, self.factory_identity, f"workspaces/{self.workspace}")

    def _make_vault(self):
        vault = KeyVaultManagementClient(self.owner, self.subscription).vaults.begin_create_or_update(self.group, self.vault, {
            "location": LOCATION, "properties": {"tenantId": self.tenant, "sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": True}}).result()
        for identity in (self.factory_identity, self.workspace_identity):
            self.grant(SECRETS_USER, vault.id, identity)
        self.secrets = SecretClient(f"https://{self.vault}.vault.azure.net", self.owner)

    def _make_purview(self):
        resources = ResourceManagementClient(self.owner, self.subscription).resources
        resources.begin_create_or_update_by_id(f"{self.id}/providers/Microsoft.Purview/accounts/{self.purview}", {
            "location": LOCATION, "identity": {"type": "SystemAssigned"}, "properties": {}}, api_version="2021-12-01").result()
