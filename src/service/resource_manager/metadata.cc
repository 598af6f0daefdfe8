#include <boost/json.hpp>

#include "base/json.h"
#include "service/resource_manager/handlers.h"

namespace axonite::service::resource_manager {
namespace {

json::Object authentication() {
  return {{"loginEndpoint", "https://login.microsoftonline.com"},
          {"audiences", json::Array{"https://management.core.windows.net/", "https://management.azure.com/"}},
          {"tenant", "common"},
          {"identityProvider", "AAD"}};
}

json::Object suffixes() {
  return {{"storage", "core.windows.net"},
          {"keyVaultDns", "vault.azure.net"},
          {"mhsmDns", "managedhsm.azure.net"},
          {"sqlServerHostname", "database.windows.net"},
          {"synapseAnalytics", "dev.azuresynapse.net"},
          {"acrLoginServer", "azurecr.io"},
          {"azureDataLakeStoreFileSystem", "azuredatalakestore.net"}};
}

json::Object cloud() {
  return {{"name", "AzureCloud"},
          {"portal", "https://portal.azure.com"},
          {"authentication", authentication()},
          {"graphAudience", "https://graph.windows.net/"},
          {"graph", "https://graph.windows.net/"},
          {"suffixes", suffixes()},
          // No trailing slash: Terraform's poller joins it with "/subscriptions" and would ask for "//subscriptions".
          {"resourceManager", "https://management.azure.com"},
          {"microsoftGraphResourceId", "https://graph.microsoft.com/"},
          {"synapseAnalyticsResourceId", "https://dev.azuresynapse.net"},
          {"logAnalyticsResourceId", "https://api.loganalytics.io"},
          {"sqlManagement", "https://management.core.windows.net:8443/"}};
}

}  // namespace

// One cloud as an object from 2022-09-01 on (go-azure-sdk reads that), a list of clouds before, and the first form of 2015.
Answer cloud_metadata(Rooms&, front::Call& call) {
  std::string_view version = call.query("api-version");
  if (version >= "2022-09-01") return arm::json_response(200, cloud());
  if (version >= "2018-05-01") return arm::json_response(200, json::Array{cloud()});
  return arm::json_response(200, json::Object{{"galleryEndpoint", "https://gallery.azure.com"},
                                              {"graphEndpoint", "https://graph.windows.net/"},
                                              {"portalEndpoint", "https://portal.azure.com"},
                                              {"authentication", authentication()}});
}

}  // namespace axonite::service::resource_manager
