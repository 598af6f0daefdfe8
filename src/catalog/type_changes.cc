#include <algorithm>
#include <boost/json.hpp>

#include "catalog/catalog.h"
#include "catalog/errors.h"

namespace axonite::catalog {
namespace {

constexpr std::size_t kTypesMax = 10'000;

std::int64_t milliseconds(Time time) { return to_unix_nanoseconds(time) / 1'000'000; }

bool refers(const json::Value& body, std::string_view name) {
  const json::Value* supers = json::find(body, "superTypes");
  bool below = supers && supers->is_array() && std::any_of(supers->get_array().begin(), supers->get_array().end(), [&](const json::Value& super) { return super.is_string() && std::string_view(super.get_string()) == name; });
  return below || json::string_or(body, "endDef1.type") == name || json::string_or(body, "endDef2.type") == name;
}

}  // namespace

Result<void> Catalog::set_types(Definitions definitions, const std::vector<std::string>& changed, const std::vector<std::string>& removed) {
  TRY(auto made, Types::make(definitions));
  CHECK_OK(database_->write([&](store::Connection& connection) -> Result<void> {
    for (const std::string& name : removed) {
      TRY(auto used, connection.first("SELECT 1 FROM entity WHERE type=?1 AND deleted=0 UNION SELECT 1 FROM relationship WHERE type=?1", [](store::Statement&) { return true; }, name));
      if (used) return std::unexpected(conflict("ATLAS-409-00-002", "Given type " + name + " has references"));
      CHECK_OK(connection.execute("DELETE FROM typedef WHERE name=?1", name));
    }
    for (const std::string& name : changed) {
      const Definition& one = definitions.at(name);
      CHECK_OK(connection.execute("INSERT INTO typedef(name,category,guid,body) VALUES(?1,?2,?3,?4) ON CONFLICT(name) DO UPDATE SET body=?4",
                                  name, one.category, one.guid, json::write(one.body)));
    }
    return ok();
  }));
  std::lock_guard lock(types_mutex_);
  types_ = std::move(made);
  return ok();
}

Result<Definitions> Catalog::create_types(Definitions created, std::string_view user) {
  std::lock_guard writing(writing_);
  Definitions all = types()->definitions();
  if (all.size() + created.size() > kTypesMax) return std::unexpected(too_large("ATLAS-400-00-01A", "more than 10000 types"));
  std::vector<std::string> names;
  for (auto& [name, definition] : created) {
    if (all.contains(name)) return std::unexpected(conflict("ATLAS-409-00-001", "Given type " + name + " already exists"));
    json::Object& body = definition.body.get_object();
    body["createdBy"] = user;
    body["updatedBy"] = user;
    body["createTime"] = milliseconds(clock_.now());
    body["updateTime"] = milliseconds(clock_.now());
    all[name] = definition;
    names.push_back(name);
  }
  CHECK_OK(set_types(std::move(all), names, {}));
  return created;
}

Result<Definitions> Catalog::update_types(Definitions updated, std::string_view user) {
  std::lock_guard writing(writing_);
  Definitions all = types()->definitions();
  std::vector<std::string> names;
  for (auto& [name, definition] : updated) {
    auto there = all.find(name);
    if (there == all.end()) return std::unexpected(unknown_type(name));
    if (there->second.built_in) return std::unexpected(conflict("ATLAS-403-00-001", "type " + name + " belongs to the service and cannot be changed"));
    if (there->second.category != definition.category) return std::unexpected(bad_parameters("type " + name + " is of category " + there->second.category));
    definition.guid = there->second.guid;
    json::Object& body = definition.body.get_object();
    body["guid"] = definition.guid;
    for (std::string_view kept : {"createdBy", "createTime"})
      if (const json::Value* before = json::find(there->second.body, kept)) body[kept] = *before;
    body["updatedBy"] = user;
    body["updateTime"] = milliseconds(clock_.now());
    there->second = definition;
    names.push_back(name);
  }
  CHECK_OK(set_types(std::move(all), names, {}));
  return updated;
}

Result<void> Catalog::remove_types(const std::vector<std::string>& names) {
  std::lock_guard writing(writing_);
  Definitions all = types()->definitions();
  for (const std::string& name : names) {
    auto there = all.find(name);
    if (there == all.end()) return std::unexpected(unknown_type(name));
    if (there->second.built_in) return std::unexpected(conflict("ATLAS-409-00-002", "Given type " + name + " has references"));
    all.erase(there);
  }
  for (const auto& [other, definition] : all)
    for (const std::string& name : names)
      if (refers(definition.body, name)) return std::unexpected(conflict("ATLAS-409-00-002", "Given type " + name + " has references"));
  return set_types(std::move(all), {}, names);
}

}  // namespace axonite::catalog
