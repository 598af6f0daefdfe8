// Synapse's roles: ids, data actions and scopes as GET /roleDefinitions of the service answered in the recordings of
// azure-sdk-for-js (synapse-access-control-rest, api-version 2020-12-01). "workspaces/…" stands for
// "Microsoft.Synapse/workspaces/…". Roles that came later (Monitoring Operator) are not here: their ids were not observed.
#include "identity/synapse_roles.h"

namespace axonite::identity {
namespace {

#define CHANGES(ARTIFACT) "workspaces/" ARTIFACT "/write", "workspaces/" ARTIFACT "/delete"
#define USES(COMPUTE) "workspaces/" COMPUTE "/useCompute/action", "workspaces/" COMPUTE "/viewLogs/action"
#define LINKED_DATA CHANGES("linkedServices"), CHANGES("credentials")
#define ALL_ARTIFACTS                                                                                                   \
  CHANGES("notebooks"), CHANGES("sparkJobDefinitions"), CHANGES("sqlScripts"), CHANGES("dataFlows"), CHANGES("pipelines"), \
      CHANGES("triggers"), CHANGES("datasets"), LINKED_DATA, CHANGES("libraries"), CHANGES("kqlScripts"), CHANGES("sparkConfigurations")
#define ALL_COMPUTES USES("bigDataPools"), USES("scopePools"), USES("integrationRuntimes"), "workspaces/cancelPipelineRun/action"
#define OUTPUTS "workspaces/notebooks/viewOutputs/action", "workspaces/pipelines/viewOutputs/action"
#define LINKS "workspaces/linkConnections/read", CHANGES("linkConnections"), "workspaces/linkConnections/useCompute/action"
#define SECRETS "workspaces/linkedServices/useSecret/action", "workspaces/credentials/useSecret/action"
#define SEES "workspaces/read", "workspaces/artifacts/read"

constexpr std::string_view kWorkspace = "workspaces/{workspaceName}";
constexpr std::string_view kSparkPool = "workspaces/{workspaceName}/bigDataPools/{bigDataPoolName}";
constexpr std::string_view kScopePool = "workspaces/{workspaceName}/scopePools/{scopePoolName}";
constexpr std::string_view kRuntime = "workspaces/{workspaceName}/integrationRuntimes/{integrationRuntimeName}";
constexpr std::string_view kLinkedService = "workspaces/{workspaceName}/linkedServices/{linkedServiceName}";
constexpr std::string_view kCredential = "workspaces/{workspaceName}/credentials/{credentialName}";

const std::vector<RoleDefinition> kRoles{
    {.id = "6e4bf58a-b8e1-4cc3-bbf9-d73143322b78",
     .name = "Synapse Administrator",
     .description = "Full access to a workspace, its artifacts, computes, secrets and role assignments.",
     .actions = {SEES, CHANGES("roleAssignments"), CHANGES("managedPrivateEndpoints"), ALL_COMPUTES, ALL_ARTIFACTS, CHANGES("scopeJobDefinitions"), OUTPUTS, SECRETS, LINKS},
     .scopes = {kWorkspace, kSparkPool, kScopePool, kRuntime, kLinkedService, kCredential}},
    {.id = "dd665582-e433-40ca-b183-1b1b33e73375",
     .name = "Synapse Linked Data Manager",
     .description = "Manages managed private endpoints, linked services and credentials.",
     .actions = {"workspaces/read", CHANGES("managedPrivateEndpoints"), LINKED_DATA},
     .scopes = {kWorkspace}},
    {.id = "7572bffe-f453-4b66-912a-46cc5ef38fda",
     .name = "Synapse Contributor",
     .description = "Works with all artifacts and computes; uses no credentials and assigns no roles.",
     .actions = {SEES, ALL_COMPUTES, ALL_ARTIFACTS, OUTPUTS, LINKS},
     .scopes = {kWorkspace, kSparkPool, kScopePool, kRuntime}},
    {.id = "05930f57-09a3-4c0d-9fa9-6d1eb91c178b",
     .name = "Synapse Artifact Publisher",
     .description = "Publishes artifacts and sees their outputs; runs nothing.",
     .actions = {SEES, ALL_ARTIFACTS, CHANGES("scopeJobDefinitions"), OUTPUTS},
     .scopes = {kWorkspace}},
    {.id = "53faaa0e-40b6-40c8-a2ff-e38f2d388875",
     .name = "Synapse Artifact User",
     .description = "Reads artifacts and their outputs.",
     .actions = {SEES, OUTPUTS},
     .scopes = {kWorkspace}},
    {.id = "e3844cc7-4670-42cb-9349-9bdac1ee7881",
     .name = "Synapse Compute Operator",
     .description = "Submits and cancels jobs on computes and sees their logs.",
     .actions = {"workspaces/read", ALL_COMPUTES, "workspaces/linkConnections/read", "workspaces/linkConnections/useCompute/action"},
     .scopes = {kWorkspace, kSparkPool, kScopePool, kRuntime}},
    {.id = "5eb298b4-692c-4241-9cf0-f58a3b42bb25",
     .name = "Synapse Credential User",
     .description = "Uses the secrets of credentials and linked services when something runs.",
     .actions = {"workspaces/read", SECRETS},
     .scopes = {kWorkspace, kLinkedService, kCredential}},
    {.id = "2a385764-43e8-416c-9825-7b18d05a2c4b",
     .name = "Synapse User",
     .description = "Lists and sees pools and runtimes; reads no artifact's content.",
     .actions = {"workspaces/read"},
     .scopes = {kWorkspace, kSparkPool, kScopePool, kRuntime, kLinkedService, kCredential}},
    {.id = "c3a6d2f1-a26f-4810-9b0f-591308d5cbf1",
     .name = "Apache Spark Administrator",
     .description = "Administers Spark pools, notebooks, Spark jobs and libraries.",
     .actions = {SEES, USES("bigDataPools"), CHANGES("notebooks"), CHANGES("sparkJobDefinitions"), LINKED_DATA, CHANGES("libraries"), "workspaces/notebooks/viewOutputs/action"},
     .scopes = {kWorkspace}},
    {.id = "7af0c69a-a548-47d6-aea3-d00e69bd83aa",
     .name = "Synapse SQL Administrator",
     .description = "Administers serverless SQL and its scripts; reads other artifacts.",
     .actions = {SEES, CHANGES("sqlScripts"), LINKED_DATA},
     .scopes = {kWorkspace}},
};

}  // namespace

const std::vector<RoleDefinition>& synapse_roles() { return kRoles; }

}  // namespace axonite::identity
