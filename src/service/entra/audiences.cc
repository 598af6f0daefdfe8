#include "base/text.h"
#include "service/entra/entra.h"

namespace axonite::service::entra {
namespace {

constexpr std::string_view kAudiences[] = {
    "https://management.azure.com",     "https://management.core.windows.net", "https://vault.azure.net",
    "https://storage.azure.com",        "https://database.windows.net",        "https://dev.azuresynapse.net",
    "https://sql.azuresynapse.net",     "https://graph.microsoft.com",         "https://purview.azure.net",
    "https://ml.azure.com",             "https://api.loganalytics.io",         "https://api.loganalytics.azure.com",
    "https://monitor.azure.com",        "https://datafactory.azure.com",
    // Purview by its application id, as pyapacheatlas asks for it.
    "73c2949e-da2d-457a-9607-fcc665198967",
};

constexpr std::string_view kAccountSuffixes[] = {".blob.core.windows.net", ".dfs.core.windows.net"};

bool is_service(std::string_view resource) {
  while (resource.ends_with('/')) resource.remove_suffix(1);
  for (std::string_view known : kAudiences)
    if (text::equals_ignoring_case(known, resource)) return true;
  for (std::string_view suffix : kAccountSuffixes)
    if (text::starts_with_ignoring_case(resource, "https://") && text::ends_with_ignoring_case(resource, suffix)) return true;
  return false;
}

}  // namespace

Result<identity::IssuedToken> issue_token(Rooms& rooms, const identity::Principal& principal, const std::string& resource) {
  std::string managed = rooms.directory.resource_of(principal);
  if (is_service(resource)) return rooms.directory.issuer().issue(principal, resource, managed);
  auto application = rooms.directory.applications().find_by_audience(resource);
  if (!application || !rooms.directory.principal_by_app(application->app_id))
    return std::unexpected(invalid("UnknownResource", "The resource principal named " + resource + " was not found in the tenant."));
  if (application->token_version == 2) return rooms.directory.issuer().issue_v2(principal, application->app_id, managed);
  return rooms.directory.issuer().issue(principal, resource, managed);
}

}  // namespace axonite::service::entra
