#include "catalog/types.h"

#include <boost/json.hpp>
#include <utility>

#include "base/id.h"
#include "base/text.h"
#include "catalog/errors.h"

namespace axonite::catalog {
namespace {

constexpr std::size_t kDefinitionsMax = 1'000;
constexpr int kSuperDepthMax = 32;

struct Category {
  std::string_view list, name, path;
};
constexpr Category kCategories[] = {{"enumDefs", "ENUM", "enum"},
                                    {"structDefs", "STRUCT", "struct"},
                                    {"classificationDefs", "CLASSIFICATION", "classification"},
                                    {"entityDefs", "ENTITY", "entity"},
                                    {"relationshipDefs", "RELATIONSHIP", "relationship"},
                                    {"businessMetadataDefs", "BUSINESS_METADATA", "businessmetadata"}};

Result<Definition> read_definition(const json::Value& value, const Category& category) {
  TRY(std::string name, json::required_string(value, "name", "$." + std::string(category.list)));
  if (name.empty() || name.size() > 256) return std::unexpected(bad_parameters("a type's name has 1 to 256 characters"));
  Definition definition{.category = std::string(category.name), .guid = json::string_or(value, "guid"), .body = value};
  if (!is_uuid(definition.guid)) definition.guid = new_uuid();
  json::Object& body = definition.body.get_object();
  body["category"] = definition.category;
  body["guid"] = definition.guid;
  if (!body.contains("version")) body["version"] = 1;
  if (!body.contains("typeVersion")) body["typeVersion"] = "1.0";
  if (!body.contains("attributeDefs") && category.name != "ENUM") body["attributeDefs"] = json::Array{};
  if (!body.contains("superTypes") && (category.name == "ENTITY" || category.name == "CLASSIFICATION")) body["superTypes"] = json::Array{};
  return definition;
}

const json::Array* array_of(const json::Value& value, std::string_view key) {
  const json::Value* found = json::find(value, key);
  return found && found->is_array() ? &found->get_array() : nullptr;
}

bool is_true(const json::Value* value) { return value && value->is_bool() && value->get_bool(); }

}  // namespace

std::string_view category_of(std::string_view text) {
  if (text::ends_with_ignoring_case(text, "def")) text.remove_suffix(3);
  for (const Category& category : kCategories)
    if (text::equals_ignoring_case(text, category.path) || text::equals_ignoring_case(text, category.name)) return category.name;
  return {};
}

Result<Definitions> read_definitions(const json::Value& body) {
  if (!body.is_object()) return std::unexpected(bad_parameters("type definitions are an object"));
  Definitions read;
  for (const Category& category : kCategories) {
    const json::Array* list = array_of(body, category.list);
    if (!list) continue;
    for (const json::Value& value : *list) {
      if (read.size() == kDefinitionsMax) return std::unexpected(too_large("ATLAS-400-00-01A", "more than 1000 type definitions in one request"));
      TRY(Definition definition, read_definition(value, category));
      std::string name = json::string_or(definition.body, "name");
      if (!read.emplace(name, std::move(definition)).second) return std::unexpected(bad_parameters("type " + name + " is defined twice"));
    }
  }
  return read;
}

json::Value write_definitions(const Definitions& definitions, std::string_view wanted) {
  json::Object all;
  for (const Category& category : kCategories) {
    json::Array list;
    if (wanted.empty() || wanted == category.name)
      for (const auto& [name, definition] : definitions)
        if (definition.category == category.name) list.push_back(definition.body);
    all[category.list] = std::move(list);
  }
  return all;
}

const Definition* Types::find(std::string_view name) const {
  auto found = definitions_.find(name);
  return found == definitions_.end() ? nullptr : &found->second;
}

const Definition* Types::find_guid(std::string_view guid) const {
  for (const auto& [name, definition] : definitions_)
    if (definition.guid == guid) return &definition;
  return nullptr;
}

const EntityType* Types::entity(std::string_view name) const {
  auto found = entities_.find(name);
  return found == entities_.end() ? nullptr : &found->second;
}

const End* Types::end(const EntityType& type, std::string_view name, std::string_view other, std::string_view relationship) const {
  auto named = type.ends.find(name);
  if (named == type.ends.end()) return nullptr;
  const EntityType* of_other = entity(other);
  for (const End& end : named->second)
    if ((relationship.empty() || relationship == end.relationship) && of_other && of_other->is_a(end.other_type)) return &end;
  return nullptr;
}

std::string Types::end_name(std::string_view relationship, bool first) const {
  const Definition* definition = find(relationship);
  return definition ? json::string_or(definition->body, first ? "endDef1.name" : "endDef2.name") : "";
}

Result<void> Types::add_entity(std::string_view name, int depth) {
  if (entities_.contains(name)) return ok();
  const Definition* definition = find(name);
  if (!definition || definition->category != "ENTITY") return std::unexpected(unknown_entity_type(name));
  if (depth > kSuperDepthMax) return std::unexpected(bad_parameters("type " + std::string(name) + " has a circle of super types, or too many levels"));
  EntityType type;
  type.supers.emplace(name);
  if (const json::Array* supers = array_of(definition->body, "superTypes"))
    for (const json::Value& super : *supers) {
      if (!super.is_string()) return std::unexpected(bad_parameters("super types are names"));
      CHECK_OK(add_entity(super.get_string(), depth + 1));
      const EntityType& above = *entity(super.get_string());
      type.supers.insert(above.supers.begin(), above.supers.end());
      type.attributes.insert(above.attributes.begin(), above.attributes.end());
    }
  if (const json::Array* attributes = array_of(definition->body, "attributeDefs"))
    for (const json::Value& attribute : *attributes) {
      TRY(std::string attribute_name, json::required_string(attribute, "name", "$.attributeDefs"));
      const json::Value* optional = json::find(attribute, "isOptional");
      type.attributes[attribute_name] = optional && optional->is_bool() && !optional->get_bool();
    }
  entities_.emplace(name, std::move(type));
  return ok();
}

Result<void> Types::add_ends(const std::string& name, const Definition& definition) {
  auto side = [&](std::string_view mine, std::string_view other, bool first) -> Result<void> {
    std::string path(mine), type_name = json::string_or(definition.body, path + ".type"), other_type = json::string_or(definition.body, std::string(other) + ".type");
    if (!entity(type_name)) return std::unexpected(unknown_entity_type(type_name));
    std::string end_name = json::string_or(definition.body, path + ".name");
    bool composition = json::string_or(definition.body, "relationshipCategory") == "COMPOSITION";
    End end{.relationship = name, .first = first, .other_type = other_type,
            .many = json::string_or(definition.body, path + ".cardinality", "SINGLE") != "SINGLE",
            .owns = composition && is_true(json::find_path(definition.body, path + ".isContainer"))};
    for (auto& [entity_name, type] : entities_)
      if (type.is_a(type_name)) type.ends[end_name].push_back(end);
    return ok();
  };
  CHECK_OK(side("endDef1", "endDef2", true));
  return side("endDef2", "endDef1", false);
}

Result<std::shared_ptr<const Types>> Types::make(Definitions definitions) {
  auto types = std::make_shared<Types>();
  types->definitions_ = std::move(definitions);
  for (const auto& [name, definition] : types->definitions_)
    if (definition.category == "ENTITY") CHECK_OK(types->add_entity(name, 0));
  for (const auto& [name, definition] : types->definitions_)
    if (definition.category == "RELATIONSHIP") CHECK_OK(types->add_ends(name, definition));
  return std::shared_ptr<const Types>(std::move(types));
}

}  // namespace axonite::catalog
