#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "service/key_vault/handlers.h"

namespace axonite::service::key_vault {
namespace {

constexpr std::size_t kPageMax = 25;  // the service's own limit

json::Object shape_attributes(const vault::Attributes& attributes, const Retention& retention) {
  json::Object shaped{{"enabled", attributes.enabled}};
  if (attributes.not_before) shaped["nbf"] = to_unix_seconds(*attributes.not_before);
  if (attributes.expires) shaped["exp"] = to_unix_seconds(*attributes.expires);
  shaped["created"] = to_unix_seconds(attributes.created);
  shaped["updated"] = to_unix_seconds(attributes.updated);
  std::string level = retention.days.count() < 90 ? "CustomizedRecoverable" : "Recoverable";
  shaped["recoveryLevel"] = retention.purge_protected ? level : level + "+Purgeable";
  shaped["recoverableDays"] = retention.days.count();
  return shaped;
}

}  // namespace

std::string_view vault_name(const front::Call& call) {
  std::string_view host = call.request.host;
  return host.substr(0, host.find('.'));
}

std::string vault_url(const front::Call& call) {
  std::string url = "https://" + call.request.host;
  if (call.request.port != 0 && call.request.port != 443) url += ":" + std::to_string(call.request.port);
  return url;
}

Result<resource::Document> vault_of(const Rooms& rooms, const front::Call& call) {
  auto found = rooms.documents.find_by_name(kVaultType, vault_name(call));
  if (!found && found.error().kind == Error::Kind::not_found)
    return std::unexpected(not_found("VaultNotFound", "The vault '" + std::string(vault_name(call)) + "' does not exist."));
  return found;
}

Retention retention_of(const resource::Document& vault) {
  Retention retention;
  auto body = json::parse(vault.body);
  if (!body) return retention;
  if (const json::Value* days = json::find_path(*body, "properties.softDeleteRetentionInDays"); days && days->is_int64())
    retention.days = std::chrono::days(days->get_int64());
  const json::Value* protection = json::find_path(*body, "properties.enablePurgeProtection");
  retention.purge_protected = protection && protection->is_bool() && protection->get_bool();
  return retention;
}

json::Object shape_version(const front::Call& call, const vault::SecretVersion& secret, const Retention& retention, bool with_version) {
  std::string id = vault_url(call) + "/secrets/" + secret.name;
  if (with_version) id += "/" + secret.version;
  json::Object shaped;
  if (!secret.content_type.empty()) shaped["contentType"] = secret.content_type;
  shaped["id"] = id;
  shaped["attributes"] = shape_attributes(secret.attributes, retention);
  json::Object tags;
  for (const auto& [key, value] : secret.tags) tags[key] = value;
  shaped["tags"] = std::move(tags);
  return shaped;
}

json::Object shape_deleted(const front::Call& call, const vault::DeletedSecret& deleted, const Retention& retention, bool with_version) {
  json::Object shaped{{"recoveryId", vault_url(call) + "/deletedsecrets/" + deleted.secret.name},
                      {"deletedDate", to_unix_seconds(deleted.deleted)},
                      {"scheduledPurgeDate", to_unix_seconds(deleted.purge_scheduled)}};
  for (auto& [key, value] : shape_version(call, deleted.secret, retention, with_version)) shaped[key] = value;
  return shaped;
}

Result<std::size_t> page_size(const front::Call& call) {
  std::string_view wanted = call.query("maxresults");
  if (wanted.empty()) return kPageMax;
  auto count = text::parse_int<std::size_t>(wanted);
  if (!count || *count == 0 || *count > kPageMax)
    return std::unexpected(invalid("BadParameter", "maxresults must be between 1 and 25."));
  return *count;
}

Result<std::string> page_start(const front::Call& call) {
  std::string_view token = call.query("$skiptoken");
  auto start = text::base64url_decode(token);
  if (!start) return std::unexpected(invalid("BadParameter", "The $skiptoken is not one that this service gave."));
  return std::move(*start);
}

http::Response page_response(const front::Call& call, json::Array items, std::string_view continuation, std::size_t count) {
  json::Object page{{"value", std::move(items)}, {"nextLink", nullptr}};
  if (!continuation.empty())
    page["nextLink"] = vault_url(call) + call.request.path + "?api-version=" + text::percent_encode(call.query("api-version")) +
                       "&$skiptoken=" + text::base64url_encode(continuation) + "&maxresults=" + std::to_string(count);
  return http::json_response(200, json::write(page));
}

}  // namespace axonite::service::key_vault
