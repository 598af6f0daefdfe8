"""Workspaces and pools through azure-mgmt-synapse, artifacts through azure-synapse-artifacts, both unmodified."""
import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.synapse import SynapseManagementClient
from azure.mgmt.synapse.models import (
    BigDataPoolResourceInfo,
    CheckNameAvailabilityRequest,
    DataLakeStorageAccountDetails,
    IpFirewallRuleInfo,
    ManagedIdentity,
    Sku,
    SqlPool,
    Workspace,
    WorkspaceAadAdminInfo,
    WorkspacePatchInfo,
)
from azure.synapse.artifacts import ArtifactsClient
from azure.synapse.artifacts import models as artifact


def request(**changes):
    given = dict(
        location="eastus",
        identity=ManagedIdentity(type="SystemAssigned"),
        default_data_lake_storage=DataLakeStorageAccountDetails(account_url="https://lake.dfs.core.windows.net", filesystem="raw"),
        sql_administrator_login="boss",
        sql_administrator_login_password="Px-not-for-anybody-1",
    )
    return Workspace(**(given | changes))


@pytest.fixture(scope="module")
def client(owner, subscription_id):
    return SynapseManagementClient(owner, subscription_id, retry_total=0)


@pytest.fixture(scope="module")
def workspace(client, owner, subscription_id):
    import uuid

    name = "w" + uuid.uuid4().hex[:12]
    groups = ResourceManagementClient(owner, subscription_id, retry_total=0).resource_groups
    groups.create_or_update(name, {"location": "eastus"})
    client.workspaces.begin_create_or_update(name, name, request()).result()
    yield name
    groups.begin_delete(name).result()


@pytest.fixture
def artifacts(owner, workspace):
    return ArtifactsClient(owner, f"https://{workspace}.dev.azuresynapse.net", retry_total=0)


@pytest.mark.witness("synapse.PutWorkspace", "synapse.GetWorkspace", "synapse.UpdateWorkspace", "synapse.ListWorkspaces", "synapse.ListWorkspacesOfGroup")
def test_a_workspace_is_made_whole(client, workspace):
    made = client.workspaces.get(workspace, workspace)
    assert made.provisioning_state == "Succeeded" and made.identity.principal_id
    assert made.connectivity_endpoints["dev"] == f"https://{workspace}.dev.azuresynapse.net"
    assert made.connectivity_endpoints["sqlOnDemand"] == f"{workspace}-ondemand.sql.azuresynapse.net"
    assert made.sql_administrator_login == "boss" and made.sql_administrator_login_password is None
    patched = client.workspaces.begin_update(workspace, workspace, WorkspacePatchInfo(tags={"a": "1"})).result()
    assert patched.tags == {"a": "1"} and patched.identity.principal_id == made.identity.principal_id
    assert workspace in [w.name for w in client.workspaces.list()]
    assert [w.name for w in client.workspaces.list_by_resource_group(workspace)] == [workspace]


@pytest.mark.witness("synapse.DeleteWorkspace")
def test_a_deleted_workspace_is_gone(client, workspace, unique):
    client.workspaces.begin_create_or_update(workspace, unique, request()).result()
    client.workspaces.begin_delete(workspace, unique).result()
    with pytest.raises(ResourceNotFoundError):
        client.workspaces.get(workspace, unique)


@pytest.mark.parametrize(
    "name, changes, code",
    [
        ("Bad_Name", {}, "ValidationFailed"),
        ("good-name", {"default_data_lake_storage": None}, "ValidationFailed"),
        ("good-name", {"sql_administrator_login_password": "weak"}, "ValidationFailed"),
        ("good-name", {"managed_virtual_network": "default"}, "WorkspacePropertyNotSupported"),
    ],
)
def test_a_wrong_workspace_is_refused(client, workspace, name, changes, code):
    with pytest.raises(HttpResponseError) as refused:
        client.workspaces.begin_create_or_update(workspace, name, request(**changes))
    assert refused.value.error.code == code


@pytest.mark.witness("synapse.CheckNameAvailability")
def test_names_in_use(client, workspace, unique):
    def available(name):
        return client.operations.check_name_availability(CheckNameAvailabilityRequest(name=name, type="Microsoft.Synapse/workspaces")).available

    assert available(unique) and not available(workspace) and not available("Bad_Name")


@pytest.mark.witness(
    "synapse.PutSqlPool", "synapse.GetSqlPool", "synapse.ListSqlPools", "synapse.PauseSqlPool", "synapse.ResumeSqlPool", "synapse.DeleteSqlPool"
)
def test_a_sql_pool_lives_and_rests(client, workspace):
    made = client.sql_pools.begin_create(workspace, workspace, "pool1", SqlPool(location="eastus", sku=Sku(name="DW100c"))).result()
    assert (made.provisioning_state, made.status, made.sku.name) == ("Succeeded", "Online", "DW100c")
    client.sql_pools.begin_pause(workspace, workspace, "pool1").result()
    assert client.sql_pools.get(workspace, workspace, "pool1").status == "Paused"
    client.sql_pools.begin_resume(workspace, workspace, "pool1").result()
    assert client.sql_pools.get(workspace, workspace, "pool1").status == "Online"
    assert [p.name for p in client.sql_pools.list_by_workspace(workspace, workspace)] == ["pool1"]
    client.sql_pools.begin_delete(workspace, workspace, "pool1").result()
    with pytest.raises(ResourceNotFoundError):
        client.sql_pools.get(workspace, workspace, "pool1")
    with pytest.raises(HttpResponseError):
        client.sql_pools.begin_create(workspace, workspace, "master", SqlPool(location="eastus"))


@pytest.mark.witness("synapse.PutBigDataPool", "synapse.GetBigDataPool", "synapse.ListBigDataPools", "synapse.DeleteBigDataPool")
def test_a_spark_pool(client, workspace):
    pool = BigDataPoolResourceInfo(location="eastus", spark_version="3.5", node_count=3, node_size="Small", node_size_family="MemoryOptimized")
    made = client.big_data_pools.begin_create_or_update(workspace, workspace, "spark1", pool).result()
    assert made.provisioning_state == "Succeeded" and made.spark_version == "3.5"
    assert [p.name for p in client.big_data_pools.list_by_workspace(workspace, workspace)] == ["spark1"]
    client.big_data_pools.begin_delete(workspace, workspace, "spark1").result()
    with pytest.raises(ResourceNotFoundError):
        client.big_data_pools.get(workspace, workspace, "spark1")
    with pytest.raises(HttpResponseError):
        client.big_data_pools.begin_create_or_update(workspace, workspace, "1spark", pool)


@pytest.mark.witness("synapse.PutFirewallRule", "synapse.ListFirewallRules", "synapse.PutAdministrator", "synapse.GetAdministrator", "synapse.DeleteAdministrator")
def test_settings(client, workspace):
    rule = IpFirewallRuleInfo(start_ip_address="0.0.0.0", end_ip_address="255.255.255.255")
    client.ip_firewall_rules.begin_create_or_update(workspace, workspace, "all", rule).result()
    assert [r.name for r in client.ip_firewall_rules.list_by_workspace(workspace, workspace)] == ["all"]
    administrator = WorkspaceAadAdminInfo(login="me", sid="11111111-2222-4333-8444-555555555555", administrator_type="ActiveDirectory")
    client.workspace_aad_admins.begin_create_or_update(workspace, workspace, administrator).result()
    assert client.workspace_aad_admins.get(workspace, workspace).login == "me"
    client.workspace_aad_admins.begin_delete(workspace, workspace).result()
    with pytest.raises(ResourceNotFoundError):
        client.workspace_aad_admins.get(workspace, workspace)


@pytest.mark.witness("synapse.PutLinkedService", "synapse.PutDataset", "synapse.PutPipeline", "synapse.DeletePipeline", "synapse.ListPipelines")
def test_artifacts_refer_to_each_other(artifacts):
    lake = artifact.AzureBlobFSLinkedService(url="https://lake.dfs.core.windows.net")
    artifacts.linked_service.begin_create_or_update_linked_service("lake", lake).result()
    reference = artifact.LinkedServiceReference(type="LinkedServiceReference", reference_name="lake")
    table = artifact.ParquetDataset(linked_service_name=reference)
    artifacts.dataset.begin_create_or_update_dataset("table", table).result()
    wait = artifact.PipelineResource(activities=[artifact.WaitActivity(name="w", wait_time_in_seconds=1)])
    made = artifacts.pipeline.begin_create_or_update_pipeline("first", wait).result()
    assert made.name == "first" and made.etag
    with pytest.raises(HttpResponseError, match="referenced by table"):
        artifacts.linked_service.begin_delete_linked_service("lake").result()
    assert [p.name for p in artifacts.pipeline.get_pipelines_by_workspace()] == ["first"]
    artifacts.pipeline.begin_delete_pipeline("first").result()
    with pytest.raises(ResourceNotFoundError):
        artifacts.pipeline.get_pipeline("first")


@pytest.mark.witness("synapse.PutNotebook", "synapse.GetNotebook", "synapse.RenameNotebook", "synapse.ListNotebookSummaries", "synapse.DeleteNotebook")
def test_notebooks(artifacts):
    cell = artifact.NotebookCell(cell_type="code", metadata={}, source=["print(1)"], outputs=[])
    metadata = artifact.NotebookMetadata(language_info=artifact.NotebookLanguageInfo(name="python"))
    notebook = artifact.Notebook(metadata=metadata, nbformat=4, nbformat_minor=2, cells=[cell])
    artifacts.notebook.begin_create_or_update_notebook("first", artifact.NotebookResource(name="first", properties=notebook)).result()
    artifacts.notebook.begin_rename_notebook("first", "second").result()
    assert artifacts.notebook.get_notebook("second").properties.cells[0].source == ["print(1)"]
    assert [n.name for n in artifacts.notebook.get_notebook_summary_by_work_space()] == ["second"]
    artifacts.notebook.begin_delete_notebook("second").result()
    with pytest.raises(ResourceNotFoundError):
        artifacts.notebook.get_notebook("second")


@pytest.mark.witness("synapse.PutSqlScript", "synapse.ListSqlScripts", "synapse.ReadWorkspace", "synapse.ReadSqlPools", "synapse.ReadIntegrationRuntimes")
def test_scripts_and_reads(artifacts, workspace):
    content = artifact.SqlScriptContent(query="SELECT 1", current_connection=artifact.SqlConnection(name="master", type="SqlOnDemand"))
    script = artifact.SqlScriptResource(name="one", properties=artifact.SqlScript(type="SqlQuery", content=content))
    artifacts.sql_script.begin_create_or_update_sql_script("one", script).result()
    assert [s.properties.content.query for s in artifacts.sql_script.get_sql_scripts_by_workspace()] == ["SELECT 1"]
    assert artifacts.workspace.get().name == workspace
    assert "no-such-pool" not in [p.name for p in artifacts.sql_pools.list().value]
    assert [r.name for r in artifacts.integration_runtimes.list().value] == ["AutoResolveIntegrationRuntime"]


def test_without_a_role_nothing(stranger, subscription_id, workspace):
    client = SynapseManagementClient(stranger, subscription_id, retry_total=0)
    for refused_call in (
        lambda: client.workspaces.get(workspace, workspace),
        lambda: client.sql_pools.begin_create(workspace, workspace, "p", SqlPool(location="eastus")),
        lambda: list(ArtifactsClient(stranger, f"https://{workspace}.dev.azuresynapse.net", retry_total=0).notebook.get_notebooks_by_workspace()),
    ):
        with pytest.raises(HttpResponseError) as refused:
            refused_call()
        assert refused.value.status_code == 403


def test_a_management_token_does_not_open_the_workspace(owner, workspace):
    class ForManagement:
        def get_token(self, *scopes, **options):
            return owner.get_token("https://management.azure.com/.default")

    with pytest.raises(HttpResponseError) as refused:
        list(ArtifactsClient(ForManagement(), f"https://{workspace}.dev.azuresynapse.net", retry_total=0).notebook.get_notebooks_by_workspace())
    assert refused.value.status_code == 401
