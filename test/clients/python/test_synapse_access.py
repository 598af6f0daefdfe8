"""azure-synapse-accesscontrol."""
import base64
import json
import uuid

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.synapse import SynapseManagementClient
from azure.synapse.accesscontrol import AccessControlClient
from azure.synapse.accesscontrol.models import RequiredAction, SubjectInfo

ARTIFACT_USER = "53faaa0e-40b6-40c8-a2ff-e38f2d388875"


@pytest.fixture(scope="module")
def workspace(owner, subscription_id):
    name = "ws" + uuid.uuid4().hex[:10]
    groups = ResourceManagementClient(owner, subscription_id).resource_groups
    groups.create_or_update(name, {"location": "eastus"})
    SynapseManagementClient(owner, subscription_id).workspaces.begin_create_or_update(name, name, {
        "location": "eastus", "identity": {"type": "SystemAssigned"},
        "default_data_lake_storage": {"account_url": "https://lake.dfs.core.windows.net", "filesystem": "raw"},
        "sql_administrator_login": "boss", "sql_administrator_login_password": "Hush-hush-1"}).result()
    yield name
    groups.begin_delete(name).result()


@pytest.mark.witness("synapse.CreateRoleAssignment", "synapse.GetRoleAssignment", "synapse.ListRoleAssignments", "synapse.DeleteRoleAssignment",
                     "synapse.ListRoleDefinitions", "synapse.GetRoleDefinition", "synapse.ListRbacScopes", "synapse.CheckPrincipalAccess")
def test_roles_of_a_workspace(workspace, owner, stranger):
    endpoint, scope = f"https://{workspace}.dev.azuresynapse.net", f"workspaces/{workspace}"
    ours, theirs = AccessControlClient(owner, endpoint), AccessControlClient(stranger, endpoint)
    assert scope.replace(workspace, "{workspaceName}") in ours.role_definitions.list_scopes()
    roles = {role.name: role.id for role in ours.role_definitions.list_role_definitions()}
    assert roles["Synapse Artifact User"] == ARTIFACT_USER
    assert ours.role_definitions.get_role_definition_by_id(ARTIFACT_USER).is_built_in
    token = stranger.get_token("https://dev.azuresynapse.net/.default").token.split(".")[1]
    principal = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))["oid"]

    def decision():
        answer = ours.role_assignments.check_principal_access(
            SubjectInfo(principal_id=principal), [RequiredAction(id="Microsoft.Synapse/workspaces/artifacts/read", is_data_action=True)], scope)
        return answer.access_decisions[0].access_decision

    with pytest.raises(HttpResponseError) as refused:
        theirs.role_assignments.list_role_assignments()
    assert refused.value.status_code == 403
    assert decision() == "NotAllowed"
    name = str(uuid.uuid4())
    ours.role_assignments.create_role_assignment(name, ARTIFACT_USER, principal, scope)
    assert decision() == "Allowed"
    assert theirs.role_assignments.get_role_assignment_by_id(name).principal_id == principal
    assert ours.role_assignments.list_role_assignments(principal_id=principal).count == 1
    with pytest.raises(HttpResponseError):
        theirs.role_assignments.delete_role_assignment_by_id(name)
    ours.role_assignments.delete_role_assignment_by_id(name)
    assert decision() == "NotAllowed"
