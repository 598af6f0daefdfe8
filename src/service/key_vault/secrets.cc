#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "service/key_vault/handlers.h"

namespace axonite::service::key_vault {
namespace {

constexpr std::size_t kTagsMax = 15, kTagBytesMax = 256, kContentTypeBytesMax = 255;

Result<std::optional<Time>> read_time(const json::Value& attributes, std::string_view name) {
  TRY(auto seconds, json::optional_integer(attributes, name, "$.attributes"));
  if (!seconds) return std::optional<Time>();
  if (*seconds < 0 || *seconds > 9'000'000'000) return std::unexpected(invalid("BadParameter", "The attribute '" + std::string(name) + "' is no time."));
  return std::optional(from_unix_seconds(*seconds));
}

Result<std::optional<vault::Tags>> read_tags(const json::Value& body) {
  const json::Value* tags = json::find(body, "tags");
  if (!tags || tags->is_null()) return std::optional<vault::Tags>();
  if (!tags->is_object()) return std::unexpected(invalid("BadParameter", "The property 'tags' must be an object."));
  if (tags->get_object().size() > kTagsMax) return std::unexpected(invalid("BadParameter", "A secret may have at most 15 tags."));
  vault::Tags read;
  for (const auto& [key, value] : tags->get_object()) {
    if (!value.is_string() || key.size() > kTagBytesMax || value.get_string().size() > kTagBytesMax)
      return std::unexpected(invalid("BadParameter", "A tag's name and value must be texts of at most 256 characters."));
    read.emplace_back(key, value.get_string());
  }
  return std::optional(std::move(read));
}

Result<vault::Changes> read_changes(const json::Value& body) {
  if (!body.is_object()) return std::unexpected(invalid("BadParameter", "The request body must be an object."));
  vault::Changes changes;
  TRY(changes.content_type, json::optional_string(body, "contentType"));
  if (changes.content_type && changes.content_type->size() > kContentTypeBytesMax)
    return std::unexpected(invalid("BadParameter", "contentType may have at most 255 characters."));
  TRY(changes.tags, read_tags(body));
  const json::Value* attributes = json::find(body, "attributes");
  if (!attributes || attributes->is_null()) return changes;
  TRY(changes.enabled, json::optional_bool(*attributes, "enabled", "$.attributes"));
  TRY(changes.not_before, read_time(*attributes, "nbf"));
  TRY(changes.expires, read_time(*attributes, "exp"));
  return changes;
}

// The service names every fault of a body alike.
Result<vault::Changes> parse_changes(const json::Value& body) {
  auto changes = read_changes(body);
  if (!changes) changes.error().code = "BadParameter";
  return changes;
}

}  // namespace

Answer set_secret(Rooms& rooms, front::Call& call) {
  TRY(auto vault, vault_of(rooms, call));
  TRY(json::Value body, call.body_json());
  TRY(vault::Changes changes, parse_changes(body));
  const json::Value* value = json::find(body, "value");
  if (!value || !value->is_string()) return std::unexpected(invalid("BadParameter", "Property value is required and must be a text."));
  vault::NewSecret secret{.value = Secret(std::string(value->get_string())),
                          .enabled = changes.enabled.value_or(true),
                          .not_before = changes.not_before,
                          .expires = changes.expires,
                          .content_type = changes.content_type.value_or(""),
                          .tags = changes.tags.value_or(vault::Tags{})};
  TRY(vault::SecretVersion made, rooms.vaults.set(vault_name(call), call.path("name"), secret));
  json::Object shaped = shape_version(call, made, retention_of(vault), true);
  shaped["value"] = secret.value.reveal();
  return http::json_response(200, json::write(shaped));
}

Answer get_secret(Rooms& rooms, front::Call& call) {
  TRY(auto vault, vault_of(rooms, call));
  if (!call.query("outContentType").empty())
    return std::unexpected(unsupported("OutContentTypeNotSupported", "The query parameter 'outContentType' is not supported by Axonite."));
  TRY(vault::SecretValue found, rooms.vaults.get(vault_name(call), call.path("name"), call.path("version")));
  json::Object shaped = shape_version(call, found.secret, retention_of(vault), true);
  shaped["value"] = found.value.reveal();
  return http::json_response(200, json::write(shaped));
}

Answer update_secret(Rooms& rooms, front::Call& call) {
  TRY(auto vault, vault_of(rooms, call));
  TRY(json::Value body, call.body_json());
  TRY(vault::Changes changes, parse_changes(body));
  TRY(vault::SecretVersion updated, rooms.vaults.update(vault_name(call), call.path("name"), call.path("version"), changes));
  return http::json_response(200, json::write(shape_version(call, updated, retention_of(vault), true)));
}

Answer list_secrets(Rooms& rooms, front::Call& call) {
  TRY(auto vault, vault_of(rooms, call));
  TRY(std::size_t count, page_size(call));
  TRY(std::string start, page_start(call));
  TRY(auto page, rooms.vaults.list(vault_name(call), start, count));
  json::Array items;
  for (const auto& secret : page.items) items.push_back(shape_version(call, secret, retention_of(vault), false));
  return page_response(call, std::move(items), page.continuation, count);
}

Answer list_versions(Rooms& rooms, front::Call& call) {
  TRY(auto vault, vault_of(rooms, call));
  TRY(std::size_t count, page_size(call));
  TRY(std::string start, page_start(call));
  TRY(auto page, rooms.vaults.list_versions(vault_name(call), call.path("name"), start, count));
  json::Array items;
  for (const auto& secret : page.items) items.push_back(shape_version(call, secret, retention_of(vault), true));
  return page_response(call, std::move(items), page.continuation, count);
}

Answer refuse_backup(Rooms&, front::Call&) {
  return std::unexpected(unsupported("BackupNotSupported", "Backup and restore of secrets are not supported by Axonite: a backup can only be opened by the real service."));
}

}  // namespace axonite::service::key_vault
