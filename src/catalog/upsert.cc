#include "catalog/upsert.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/id.h"
#include "catalog/errors.h"

namespace axonite::catalog {
namespace {

std::int64_t milliseconds(Time time) { return to_unix_nanoseconds(time) / 1'000'000; }

// "1", "2", …: a counter that Purview writes as text.
std::string next_counter(const json::Value& body) {
  return std::to_string(std::strtoull(json::string_or(body, "lastModifiedTS", "0").c_str(), nullptr, 10) + 1);
}

bool set_member(json::Object& object, std::string_view key, const json::Value& value) {
  const json::Value* there = object.if_contains(key);
  if (there && *there == value) return false;
  object[key] = value;
  return true;
}

constexpr std::string_view kScanSource = "Axonite scan";

// What a scan says of an asset replaces what scans said before; what people said stays.
json::Value merge_classifications(const json::Value* before, const json::Value& found) {
  if (!before || !before->is_array() || !found.is_array()) return found;
  json::Array all;
  for (const json::Value& one : before->get_array())
    if (json::string_or(one, "source") != kScanSource) all.push_back(one);
  auto given = [&](const json::Value& one) { return std::ranges::any_of(all, [&](const json::Value& other) { return json::string_or(other, "typeName") == json::string_or(one, "typeName"); }); };
  for (const json::Value& one : found.get_array())
    if (!given(one)) all.push_back(one);
  return json::Value(std::move(all));
}

// The list that an update of a process gives replaces what was there.
bool replaces(std::string_view relationship) { return relationship == "dataset_process_inputs" || relationship == "process_dataset_outputs"; }

}  // namespace

Result<json::Value> Upsert::run(const std::vector<Entity>& entities) {
  targets_.reserve(entities.size());
  for (const Entity& entity : entities) CHECK_OK(identify(entity));
  for (Target& target : targets_) CHECK_OK(write(target));
  for (Target& target : targets_) CHECK_OK(relate_all(target));
  return answer();
}

Result<void> Upsert::identify(const Entity& entity) {
  const EntityType* type = types_.entity(entity.type);
  if (!type) return std::unexpected(unknown_entity_type(entity.type));
  Target target{.entity = &entity, .type = type};
  std::optional<EntityRow> there;
  std::string name = entity.qualified_name();
  if (!entity.guid.empty() && !is_placeholder(entity.guid)) {
    TRY(there, read_entity_row(connection_, entity.guid));
    if (!there || there->deleted) return std::unexpected(unknown_guid(entity.guid));
    if (there->type != entity.type) return std::unexpected(bad_parameters("entity " + entity.guid + " is of type " + there->type + ", not " + entity.type));
  } else {
    if (name.empty()) return std::unexpected(invalid("ATLAS-400-00-02B", "Mandatory field qualifiedName of " + entity.type + " has empty/null value"));
    TRY(auto guid, find_entity(connection_, entity.type, name));
    if (guid) {
      TRY(there, read_entity_row(connection_, *guid));
    }
  }
  target.created = !there;
  target.row = there ? std::move(*there) : EntityRow{.guid = new_uuid(), .type = entity.type, .qualified_name = name, .body = json::Object{{"attributes", json::Object{}}}};
  // The same new entity twice in one request is one entity.
  if (target.created)
    for (const Target& other : targets_)
      if (other.created && other.row.type == entity.type && other.row.qualified_name == name) target.row = other.row;
  std::string key = entity.guid.empty() ? "-" + std::to_string(9'000'000'000'000'000 + guids_.size()) : entity.guid;
  if (is_placeholder(key) && !guids_.emplace(key, target.row.guid).second && guids_[key] != target.row.guid)
    return std::unexpected(bad_parameters("guid " + key + " stands for two entities"));
  types_of_[target.row.guid] = entity.type;
  auto [place, is_new] = by_guid_.emplace(target.row.guid, targets_.size());
  if (!is_new) return identify_again(entity, targets_[place->second]);
  targets_.push_back(std::move(target));
  return ok();
}

// A second mention adds its attributes to the first.
Result<void> Upsert::identify_again(const Entity& entity, Target& target) {
  json::Object& attributes = target.row.body.get_object()["attributes"].get_object();
  for (const auto& [key, value] : entity.attributes)
    if (target.type->attributes.contains(key) && !target.type->ends.contains(key)) target.changed |= set_member(attributes, key, value);
  return ok();
}

Result<void> Upsert::write(Target& target) {
  json::Object& body = target.row.body.get_object();
  json::Object& attributes = body["attributes"].get_object();
  for (const auto& [key, value] : target.entity->attributes)
    if (target.type->attributes.contains(key) && !target.type->ends.contains(key)) target.changed |= set_member(attributes, key, value);
  for (const auto& [key, value] : target.entity->others) {
    bool merges = key == "classifications" && provenance_ == Provenance::observed;
    target.changed |= set_member(body, key, merges ? merge_classifications(body.if_contains(key), value) : value);
  }
  if (std::string name = target.entity->qualified_name(); !name.empty() && name != target.row.qualified_name) {
    TRY(auto other, find_entity(connection_, target.row.type, name));
    if (other && *other != target.row.guid) return std::unexpected(conflict("ATLAS-409-00-008", "Another entity of type " + target.row.type + " has the qualifiedName " + name));
    target.row.qualified_name = name;
  }
  CHECK_OK(check_required(target));
  if (!target.created && !target.changed) return ok();
  body["lastModifiedTS"] = next_counter(target.row.body);
  if (target.created) {
    body["createdBy"] = user_;
    body["createTime"] = milliseconds(now_);
    body["version"] = 0;
  }
  body["updatedBy"] = user_;
  body["updateTime"] = milliseconds(now_);
  return write_entity_row(connection_, target.row);
}

Result<void> Upsert::check_required(const Target& target) const {
  const json::Object& attributes = target.row.body.get_object().at("attributes").get_object();
  for (const auto& [name, required] : target.type->attributes) {
    const json::Value* value = attributes.if_contains(name);
    if (required && (!value || value->is_null()))
      return std::unexpected(invalid("ATLAS-400-00-02B", "Mandatory field " + target.row.type + "." + name + " has empty/null value"));
  }
  for (std::string_view text : {"qualifiedName", "name"})
    if (const json::Value* value = attributes.if_contains(text); value && !value->is_string() && !value->is_null())
      return std::unexpected(bad_parameters(std::string(text) + " of an entity is a text"));
  return ok();
}

Result<void> Upsert::relate_all(Target& target) {
  const json::Value* custom = target.entity->others.if_contains("customAttributes");
  edge_provenance_ = custom && json::string_or(*custom, "provenance") == "declared" ? std::min(provenance_, Provenance::declared) : provenance_;
  for (const json::Object* members : {&target.entity->attributes, &target.entity->relationship_attributes})
    for (const auto& [name, value] : *members)
      if (target.type->ends.contains(std::string_view(name))) CHECK_OK(relate_one(target, name, value));
  return ok();
}

Result<void> Upsert::relate_one(Target& target, std::string_view name, const json::Value& value) {
  TRY(auto references, read_references(value));
  const End* replaced = &target.type->ends.find(name)->second.front();
  std::set<std::string> wanted;
  for (const Reference& reference : references) {
    TRY(std::string other, resolve(reference));
    TRY(std::string other_type, type_of(other));
    const End* end = types_.end(*target.type, name, other_type, reference.relationship);
    if (!end)
      return std::unexpected(invalid("ATLAS-400-00-036", "invalid end for attribute " + std::string(name) + " of " + target.row.type + ": an entity of type " + other_type));
    CHECK_OK(make_room(*end, target.row.guid, other));
    CHECK_OK(relate(end->relationship, end->first ? target.row.guid : other, end->first ? other : target.row.guid, reference.attributes));
    wanted.insert(other);
  }
  bool listed = value.is_array() && !target.created && replaces(replaced->relationship) && replaced->first;
  return listed ? replace_ends(target, *replaced, wanted) : ok();
}

Result<std::string> Upsert::resolve(const Reference& reference) {
  if (is_placeholder(reference.guid)) {
    auto found = guids_.find(reference.guid);
    if (found != guids_.end()) return found->second;
    if (reference.qualified_name.empty()) return std::unexpected(invalid("ATLAS-400-00-022", "Unresolved reference " + reference.guid));
  } else if (!reference.guid.empty()) {
    TRY(auto row, read_entity_row(connection_, reference.guid));
    if (!row || row->deleted) return std::unexpected(unknown_reference(reference.guid));
    return reference.guid;
  }
  if (!types_.entity(reference.type)) return std::unexpected(unknown_entity_type(reference.type));
  TRY(auto guid, find_entity(connection_, reference.type, reference.qualified_name));
  if (!guid) return std::unexpected(unknown_reference(reference.type + " " + reference.qualified_name));
  return std::move(*guid);
}

Result<std::string> Upsert::type_of(const std::string& guid) {
  if (auto known = types_of_.find(guid); known != types_of_.end()) return known->second;
  TRY(auto row, read_entity_row(connection_, guid));
  if (!row) return std::unexpected(unknown_reference(guid));
  return types_of_[guid] = row->type;
}

Result<std::string> Upsert::relate(const std::string& relationship, const std::string& end1, const std::string& end2, const json::Value& attributes) {
  TRY(auto there, find_relationship(connection_, relationship, end1, end2));
  RelationshipRow row = there ? std::move(*there)
                              : RelationshipRow{.guid = new_uuid(), .type = relationship, .end1 = end1, .end2 = end2,
                                                .body = json::Object{{"createdBy", user_}, {"createTime", milliseconds(now_)}, {"attributes", json::Object{}}}};
  bool is_new = !row.body.get_object().contains("updateTime");
  bool changed = attributes.is_object() && set_member(row.body.get_object(), "attributes", attributes);
  bool stronger = false;
  if (auto edge = lineage_edge(row); edge && (is_new || edge_provenance_ > edge->provenance)) {
    row.body.get_object()["provenance"] = name_of(edge_provenance_);
    stronger = true;
  }
  if (!is_new && !changed && !stronger) return row.guid;
  row.body.get_object()["updatedBy"] = user_;
  row.body.get_object()["updateTime"] = milliseconds(now_);
  CHECK_OK(write_relationship_row(connection_, row));
  if (auto edge = lineage_edge(row); edge && stronger) added.push_back(std::move(*edge));
  return row.guid;
}

Result<void> Upsert::replace_ends(const Target& target, const End& end, const std::set<std::string>& wanted) {
  TRY(auto rows, relationships_of(connection_, target.row.guid));
  for (const RelationshipRow& row : rows)
    if (row.type == end.relationship && row.end1 == target.row.guid && !wanted.contains(row.end2)) CHECK_OK(drop(row));
  return ok();
}

// An end that holds one entity gives up the one it had: a column moves to another table.
Result<void> Upsert::make_room(const End& end, const std::string& guid, const std::string& other) {
  auto clear = [&](const std::string& of, bool stands_first, const std::string& keep) -> Result<void> {
    TRY(auto rows, relationships_of(connection_, of));
    for (const RelationshipRow& row : rows) {
      const std::string& mine = stands_first ? row.end1 : row.end2;
      const std::string& its = stands_first ? row.end2 : row.end1;
      if (row.type == end.relationship && mine == of && its != keep) CHECK_OK(drop(row));
    }
    return ok();
  };
  if (!end.many) CHECK_OK(clear(guid, end.first, other));
  const Definition* definition = types_.find(end.relationship);
  bool other_holds_one = json::string_or(definition->body, end.first ? "endDef2.cardinality" : "endDef1.cardinality", "SINGLE") == "SINGLE";
  return other_holds_one ? clear(other, !end.first, guid) : ok();
}

Result<void> Upsert::drop(const RelationshipRow& row) {
  if (lineage_edge(row)) removed.push_back(row.guid);
  return remove_relationship_row(connection_, row.guid);
}

json::Value Upsert::answer() const {
  json::Object assignments, mutated;
  for (const auto& [placeholder, guid] : guids_) assignments[placeholder] = guid;
  json::Array created, updated;
  for (const Target& target : targets_) {
    if (target.created) created.push_back(header_of(target.row));
    else if (target.changed) updated.push_back(header_of(target.row));
  }
  if (!created.empty()) mutated["CREATE"] = std::move(created);
  if (!updated.empty()) mutated["UPDATE"] = std::move(updated);
  return json::Object{{"guidAssignments", std::move(assignments)}, {"mutatedEntities", std::move(mutated)}, {"partialUpdatedEntities", json::Array{}}};
}

}  // namespace axonite::catalog
