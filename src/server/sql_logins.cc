#include "server/sql_logins.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace axonite::server {
namespace {

constexpr std::string_view kWorkspaceType = "Microsoft.Synapse/workspaces";
constexpr std::string_view kPoolType = "Microsoft.Synapse/workspaces/sqlPools";
constexpr std::string_view kSuffix = ".sql.azuresynapse.net";
constexpr std::string_view kOnDemand = "-ondemand";
const std::vector<std::string_view> kAudiences{"https://database.windows.net", "https://sql.azuresynapse.net"};
// Synapse roles that make their holder the owner of serverless databases.
constexpr std::string_view kServerlessOwners[] = {"6e4bf58a-b8e1-4cc3-bbf9-d73143322b78", "7af0c69a-a548-47d6-aea3-d00e69bd83aa"};

// "ws" from "tcp:ws-ondemand.sql.azuresynapse.net,1433"; nothing for other names.
std::optional<std::string> workspace_name(std::string_view server) {
  if (text::starts_with_ignoring_case(server, "tcp:")) server.remove_prefix(4);
  server = server.substr(0, server.find(','));
  if (!text::ends_with_ignoring_case(server, kSuffix)) return std::nullopt;
  server.remove_suffix(kSuffix.size());
  if (text::ends_with_ignoring_case(server, kOnDemand)) server.remove_suffix(kOnDemand.size());
  return std::string(server);
}

Error login_failed(std::string_view user) { return unauthenticated("SqlLoginFailed", "Login failed for user '" + std::string(user) + "'."); }

Error no_database(std::string_view name) {
  return not_found("DatabaseNotFound", "Cannot open database \"" + std::string(name) + "\" requested by the login. The login failed.");
}

}  // namespace

Result<resource::Document> SqlLogins::only_workspace() const {
  TRY(auto subscription, resource::ResourceId::parse("/subscriptions/" + directory_.subscription_id()));
  TRY(auto page, documents_.list(subscription, kWorkspaceType, {}, 2));
  if (page.documents.size() != 1)
    return std::unexpected(not_found("WorkspaceNotFound", "The workspace cannot be told from the server's name; log in as user@workspace."));
  return page.documents.front();
}

Result<resource::Document> SqlLogins::workspace_of(const protocol::tds::LoginRequest& request, std::string_view user) const {
  if (auto name = workspace_name(request.server)) return documents_.find_by_name(kWorkspaceType, *name);
  if (std::size_t at = user.rfind('@'); at != std::string_view::npos) {
    auto named = documents_.find_by_name(kWorkspaceType, user.substr(at + 1));
    if (named) return named;
  }
  if (personality_ == tsql::Personality::dedicated && !request.database.empty() && !text::equals_ignoring_case(request.database, "master")) {
    if (auto pool = documents_.find_by_name(kPoolType, request.database)) return documents_.get(*pool->id.parent());
  }
  return only_workspace();
}

Result<identity::Principal> SqlLogins::sql_login(const protocol::tds::LoginRequest& request, std::string_view user, const Secret& password) {
  auto workspace = workspace_of(request, user);
  if (!workspace) return std::unexpected(login_failed(user));
  std::string_view login = user;
  std::size_t at = user.rfind('@');
  if (at != std::string_view::npos && text::equals_ignoring_case(user.substr(at + 1), workspace->id.name())) login = user.substr(0, at);
  return directory_.verify_sql_login(workspace->id.name(), login, password);
}

Result<identity::Principal> SqlLogins::token(const protocol::tds::LoginRequest&, const Secret& token) {
  return directory_.verifier().verify(token.reveal(), kAudiences);
}

std::string SqlLogins::token_authority() const { return "https://login.microsoftonline.com/" + directory_.tenant_id(); }

Result<tsql::SessionOptions> SqlLogins::session_options(const protocol::tds::LoginRequest& request) const {
  auto workspace = workspace_of(request, request.login.name);
  if (!workspace) return std::unexpected(no_database(request.database));
  std::string name(workspace->id.name());
  tsql::SessionOptions options{.personality = personality_, .server = name + std::string(kSuffix), .database = request.database, .login = request.login, .lake_caller = request.login};
  bool is_sql_login = request.login.kind == identity::Principal::Kind::sql_login;
  options.is_owner = is_sql_login || directory_.sql_entra_administrator(name) == request.login.object_id;
  if (personality_ == tsql::Personality::serverless) {
    options.server = name + std::string(kOnDemand) + std::string(kSuffix);
    if (options.database.empty()) options.database = "master";
    for (const auto& role : directory_.roles().list(identity::RoleSystem::synapse, "workspaces/" + name, request.login.object_id))
      for (std::string_view owner : kServerlessOwners) options.is_owner |= text::equals_ignoring_case(role.role_id, owner);
  } else {
    auto pool = documents_.get(workspace->id.child("sqlPools", request.database));
    if (request.database.empty() || !pool) return std::unexpected(no_database(request.database));
    TRY(auto body, json::parse(pool->body));
    if (text::equals_ignoring_case(json::string_or(body, "properties.status"), "Paused"))
      return std::unexpected(unavailable("DatabasePaused", "Cannot connect to database when it is paused."));
    options.database = std::string(pool->id.name());
  }
  // A SQL login has no identity in the lake: the workspace reads in its place.
  if (is_sql_login) {
    auto identity = directory_.managed_identity(workspace->id.text());
    options.lake_caller = identity ? *identity : identity::Principal{};
  }
  options.application = request.application;
  options.host = request.host;
  return options;
}

}  // namespace axonite::server
