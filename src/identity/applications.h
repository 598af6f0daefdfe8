#pragma once
// Application registrations with their secrets and the names by which tokens for them are asked (Microsoft Graph's
// `application` resource). Kept in identity.db.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "store/database.h"

namespace axonite::identity {

struct Application {
  std::string object_id;  // of the application object
  std::string app_id;     // "client id"
  std::string name;
  Time created{};
  std::vector<std::string> identifier_uris;  // "api://…": audiences of tokens for this application
  int token_version = 1;                     // api.requestedAccessTokenVersion; Graph's null is 1
};

// What is absent stays as it is.
struct ApplicationChanges {
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> identifier_uris;
  std::optional<int> token_version;
};

struct ClientSecret {
  std::string key_id;
  Secret text;  // shown this once
};

class Applications {
 public:
  Applications(store::Database& database, Clock& clock) : database_(database), clock_(clock) {}

  // conflict("IdentifierUriExists") when a URI belongs to another application.
  Result<Application> create(std::string_view name, const ApplicationChanges& properties = {});
  Result<Application> change(std::string_view id, const ApplicationChanges& changes);
  // By object id or client id: not_found("ApplicationNotFound").
  Result<Application> find(std::string_view id) const;
  // By what a token request names: the client id, "api://{client id}" or an identifier URI.
  Result<Application> find_by_audience(std::string_view audience) const;
  // With its secrets and URIs.
  Result<void> remove(std::string_view id);

  Result<ClientSecret> add_secret(std::string_view id);
  // not_found("SecretNotFound").
  Result<void> remove_secret(std::string_view id, std::string_view key_id);
  Result<bool> has_secret(std::string_view app_id, const Secret& secret) const;

 private:
  store::Database& database_;
  Clock& clock_;
};

}  // namespace axonite::identity
