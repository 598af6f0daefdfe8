#include "arm/providers.h"

#include "base/text.h"

namespace axonite::arm {
namespace {

constexpr ResourceType kAuthorization[] = {{"roleAssignments", "2022-04-01"}, {"roleDefinitions", "2022-04-01"}};
constexpr ResourceType kDataFactory[] = {{"factories", "2018-06-01"},
                                         {"factories/credentials", "2018-06-01"},
                                         {"factories/datasets", "2018-06-01"},
                                         {"factories/globalParameters", "2018-06-01"},
                                         {"factories/integrationRuntimes", "2018-06-01"},
                                         {"factories/linkedservices", "2018-06-01"},
                                         {"factories/pipelines", "2018-06-01"},
                                         {"factories/triggers", "2018-06-01"}};
constexpr ResourceType kInsights[] = {{"eventtypes", "2015-04-01"},
                                      {"actionGroups", "2023-01-01"},
                                      {"activityLogAlerts", "2020-10-01"}};
constexpr ResourceType kKeyVault[] = {{"vaults", "2024-11-01"}, {"deletedVaults", "2024-11-01"}};
constexpr ResourceType kMachineLearning[] = {{"workspaces", "2024-10-01"}};
constexpr ResourceType kPurview[] = {{"accounts", "2021-12-01"}};
constexpr ResourceType kResources[] = {{"subscriptions", "2022-12-01"},
                                       {"resourceGroups", "2024-11-01"},
                                       {"resources", "2024-11-01"},
                                       {"tenants", "2022-12-01"}};
constexpr ResourceType kStorage[] = {{"storageAccounts", "2024-01-01"},
                                     {"storageAccounts/blobServices", "2024-01-01"},
                                     {"storageAccounts/blobServices/containers", "2024-01-01"}};
constexpr ResourceType kSynapse[] = {{"workspaces", "2021-06-01"},
                                     {"workspaces/administrators", "2021-06-01"},
                                     {"workspaces/bigDataPools", "2021-06-01"},
                                     {"workspaces/firewallRules", "2021-06-01"},
                                     {"workspaces/sqlPools", "2021-06-01"}};

constexpr Provider kProviders[] = {{"Microsoft.Authorization", kAuthorization}, {"Microsoft.DataFactory", kDataFactory},
                                   {"Microsoft.Insights", kInsights},           {"Microsoft.KeyVault", kKeyVault},
                                   {"Microsoft.MachineLearningServices", kMachineLearning},
                                   {"Microsoft.Purview", kPurview},             {"Microsoft.Resources", kResources},
                                   {"Microsoft.Storage", kStorage},             {"Microsoft.Synapse", kSynapse}};

}  // namespace

std::span<const Provider> providers() { return kProviders; }

const Provider* find_provider(std::string_view name) {
  for (const Provider& provider : kProviders)
    if (text::equals_ignoring_case(provider.name, name)) return &provider;
  return nullptr;
}

void Removers::add(std::string_view type, Remover remover) { removers_[text::to_lower(type)] = std::move(remover); }

Result<void> Removers::remove(resource::Documents& documents, const resource::Document& document,
                              const resource::Author& author) const {
  if (auto remover = removers_.find(text::to_lower(document.id.type())); remover != removers_.end())
    CHECK_OK(remover->second(document, author));
  CHECK_OK(documents.remove(document.id, {}, author));
  return ok();
}

}  // namespace axonite::arm
