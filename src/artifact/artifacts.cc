#include "artifact/artifacts.h"

#include <boost/json.hpp>
#include <cctype>

#include "artifact/references.h"
#include "base/text.h"

namespace axonite::artifact {
namespace {

Error bad(const resource::ResourceId& owner, const Kind& kind, std::string_view name, std::string message) {
  return invalid("BadRequest", std::move(message), owner.text() + "/" + std::string(kind.type) + "/" + std::string(name));
}

bool is_same(const Kind& a, const Kind& b) { return a.type == b.type; }

// The pattern of the 2018-06-01 schema: a letter, digit or underscore, then anything but <>*#.%&:\+?/.
bool is_name(const Kind& kind, std::string_view name) {
  if (name.empty() || name.size() > kind.name_bytes_max) return false;
  if (is_same(kind, kNotebook) || is_same(kind, kSqlScript)) return name.find_first_of("/\\%?#") == std::string_view::npos;
  unsigned char first = static_cast<unsigned char>(name.front());
  if (!std::isalnum(first) && first != '_' && first < 0x80) return false;
  return name.find_first_of("<>*#.%&:\\+?/") == std::string_view::npos;
}

// What each kind must have; the rest is looked at when it is used.
Result<void> check_shape(const resource::ResourceId& owner, const Kind& kind, std::string_view name,
                         const json::Value& properties) {
  auto wrong = [&](std::string_view what) {
    return std::unexpected(bad(owner, kind, name, "The " + std::string(kind.noun) + " '" + std::string(name) + "' is invalid: " + std::string(what) + "."));
  };
  bool typed = is_same(kind, kLinkedService) || is_same(kind, kDataset) || is_same(kind, kTrigger) || is_same(kind, kIntegrationRuntime);
  if (typed && json::string_or(properties, "type").empty()) return wrong("properties.type is required");
  if (is_same(kind, kDataset) && json::string_or(properties, "linkedServiceName.referenceName").empty())
    return wrong("properties.linkedServiceName.referenceName is required");
  if (is_same(kind, kPipeline)) {
    const json::Value* activities = json::find(properties, "activities");
    if (activities && !activities->is_null() && !activities->is_array()) return wrong("properties.activities must be an array");
  }
  if (is_same(kind, kNotebook) && !json::find(properties, "cells")) return wrong("properties.cells is required");
  if (is_same(kind, kIntegrationRuntime)) {
    std::string type = json::string_or(properties, "type");
    if (type != "Managed" && type != "SelfHosted") return wrong("properties.type must be Managed or SelfHosted");
  }
  return ok();
}

// The windows of a trigger are numbered by these: changing them would make others of what ran already.
Result<void> check_window(const json::Value* before, const json::Value& properties) {
  if (!before || json::string_or(properties, "type") != "TumblingWindowTrigger" || json::string_or(*before, "type") != "TumblingWindowTrigger") return ok();
  for (const char* member : {"typeProperties.frequency", "typeProperties.interval"}) {
    const json::Value* old = json::find_path(*before, member);
    const json::Value* given = json::find_path(properties, member);
    if (old && given && *old != *given)
      return std::unexpected(invalid("BadRequest", "'" + std::string(member) + "' of a tumbling window trigger cannot be changed; make another trigger."));
  }
  return ok();
}

bool is_factory(const resource::ResourceId& owner) {
  return text::equals_ignoring_case(owner.type(), "Microsoft.DataFactory/factories");
}

// A factory's notebook and Spark job activities name artifacts of a workspace behind a linked service.
bool lies_elsewhere(const resource::ResourceId& owner, const Kind& kind) {
  return is_factory(owner) && (is_same(kind, kNotebook) || is_same(kind, kSparkJobDefinition) || is_same(kind, kSqlScript));
}

}  // namespace

Result<resource::Document> Artifacts::put(const resource::ResourceId& owner, const Kind& kind, std::string_view name,
                                          const json::Value& definition, const resource::Condition& condition,
                                          const resource::Author& author) {
  if (!is_name(kind, name))
    return std::unexpected(bad(owner, kind, name, "'" + std::string(name) + "' is not a valid name of a " + std::string(kind.noun) + "."));
  const json::Value* given = json::find(definition, "properties");
  if (!given || !given->is_object())
    return std::unexpected(bad(owner, kind, name, "The definition must be an object with 'properties'."));
  json::Value properties = *given;
  CHECK_OK(documents_.get(owner));
  CHECK_OK(check_shape(owner, kind, name, properties));
  if (check_) CHECK_OK(check_(kind, name, properties));
  CHECK_OK(check_references(owner, kind, name, properties));

  resource::ResourceId id = owner.child(kind.type, name);
  auto existing = documents_.get(id);
  if (!existing && existing.error().kind != Error::Kind::not_found) return std::unexpected(std::move(existing.error()));
  json::Value stored;
  if (existing) {
    TRY(stored, json::parse(existing->body));
  }
  const json::Value* before = json::find(stored, "properties");
  if (is_same(kind, kTrigger)) {
    TRY(properties, prepare_trigger(before, std::move(properties)));
  }
  CHECK_OK(linked_service::seal_secrets(properties, before, sealer_));
  return documents_.put(id, json::write(json::Object{{"properties", std::move(properties)}}), condition, author);
}

// PUT never starts one: a new trigger is Stopped, and a started one must be stopped before it changes.
Result<json::Value> Artifacts::prepare_trigger(const json::Value* before, json::Value properties) const {
  if (before && json::string_or(*before, "runtimeState") == "Started")
    return std::unexpected(invalid("TriggerEnabledCannotUpdate", "Cannot update enabled Trigger; the trigger needs to be disabled first."));
  CHECK_OK(check_window(before, properties));
  properties.get_object()["runtimeState"] = "Stopped";
  return properties;
}

Result<resource::Document> Artifacts::set_trigger_state(const resource::ResourceId& owner, std::string_view name, std::string_view state,
                                                        const resource::Author& author) {
  TRY(resource::Document found, get(owner, kTrigger, name));
  auto change = [&](const resource::Document& document) -> Result<std::string> {
    TRY(json::Value body, json::parse(document.body));
    if (json::Value* properties = body.get_object().if_contains("properties")) properties->get_object()["runtimeState"] = state;
    return json::write(body);
  };
  return documents_.update(found.id, change, {}, author);
}

Result<resource::Document> Artifacts::get(const resource::ResourceId& owner, const Kind& kind, std::string_view name) const {
  auto found = documents_.get(owner.child(kind.type, name));
  if (found || found.error().code != "ResourceNotFound") return found;
  CHECK_OK(documents_.get(owner));
  return found;
}

Result<bool> Artifacts::remove(const resource::ResourceId& owner, const Kind& kind, std::string_view name,
                               const resource::Condition& condition, const resource::Author& author) {
  auto found = get(owner, kind, name);
  if (!found && found.error().code == "ResourceNotFound" && documents_.get(owner)) return false;
  if (!found) return std::unexpected(std::move(found.error()));
  if (is_same(kind, kTrigger)) {
    TRY(json::Value body, json::parse(found->body));
    if (json::string_or(body, "properties.runtimeState") == "Started")
      return std::unexpected(invalid("TriggerEnabledCannotUpdate", "Cannot delete enabled Trigger; the trigger needs to be disabled first."));
  }
  CHECK_OK(check_unreferenced(owner, kind, name));
  auto removed = documents_.remove(found->id, condition, author);
  if (removed && is_same(kind, kTrigger) && trigger_removed_) trigger_removed_(owner, name);
  return removed;
}

Result<resource::Document> Artifacts::rename(const resource::ResourceId& owner, const Kind& kind, std::string_view name,
                                             std::string_view new_name, const resource::Author& author) {
  TRY(resource::Document before, get(owner, kind, name));
  if (!is_name(kind, new_name))
    return std::unexpected(bad(owner, kind, name, "'" + std::string(new_name) + "' is not a valid name of a " + std::string(kind.noun) + "."));
  CHECK_OK(check_unreferenced(owner, kind, name));
  auto renamed = documents_.put(owner.child(kind.type, new_name), before.body, {.if_match = {}, .if_none_match_any = true}, author);
  if (!renamed && renamed.error().kind == Error::Kind::precondition)
    return std::unexpected(conflict("Conflict", "There is a " + std::string(kind.noun) + " '" + std::string(new_name) + "' already."));
  if (renamed) CHECK_OK(documents_.remove(before.id, {}, author));
  return renamed;
}

Result<json::Value> Artifacts::shape(const resource::Document& document) {
  TRY(json::Value body, json::parse(document.body));
  linked_service::mask_secrets(body);
  return body;
}

Result<void> Artifacts::check_references(const resource::ResourceId& owner, const Kind& kind, std::string_view name,
                                         const json::Value& properties) const {
  for (const Reference& reference : references_of(properties)) {
    if (lies_elsewhere(owner, *reference.kind)) continue;
    if (is_same(*reference.kind, kIntegrationRuntime) && text::equals_ignoring_case(reference.name, kAutoResolve)) continue;
    bool itself = is_same(*reference.kind, kind) && text::equals_ignoring_case(reference.name, name);
    if (itself) continue;
    auto found = documents_.get(owner.child(reference.kind->type, reference.name));
    if (found) continue;
    if (found.error().kind != Error::Kind::not_found) return std::unexpected(std::move(found.error()));
    return std::unexpected(bad(owner, kind, name, "The document creation or update failed because of invalid reference '" + reference.name + "'."));
  }
  return ok();
}

// Walks the owner's artifacts: deletions are rare and an owner holds a few thousand at most.
Result<void> Artifacts::check_unreferenced(const resource::ResourceId& owner, const Kind& kind, std::string_view name) const {
  for (const Kind* other : kinds()) {
    std::string continuation;
    do {
      TRY(resource::Page page, documents_.list(owner, other->type, continuation, 500));
      for (const resource::Document& document : page.documents) {
        bool itself = is_same(*other, kind) && text::equals_ignoring_case(document.id.name(), name);
        auto body = itself ? Result<json::Value>(json::Value()) : json::parse(document.body);
        if (body && refers_to(*body, kind, name))
          return std::unexpected(bad(owner, kind, name, "The document cannot be deleted since it is referenced by " + std::string(document.id.name()) + "."));
      }
      continuation = std::move(page.continuation);
    } while (!continuation.empty());
  }
  return ok();
}

}  // namespace axonite::artifact
