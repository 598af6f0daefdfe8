#include <algorithm>

#include "ml/filter.h"
#include "ml/registry.h"
#include "ml/registry_rows.h"
#include "store/database.h"

namespace axonite::ml {
namespace {

Result<void> check_name(std::string_view name) {
  if (name.empty() || name.size() > 255 || name.find_first_of("/:") != std::string_view::npos) return std::unexpected(bad_value("Registered model name '" + std::string(name.substr(0, 100)) + "' must have 1 to 255 bytes and neither '/' nor ':'."));
  return ok();
}

Result<void> check_tag(const Pair& tag) {
  if (tag.key.empty() || tag.key.size() > kKeyBytesMax || tag.value.size() > 100'000) return std::unexpected(bad_value("The tag's key or value is empty or too long."));
  return ok();
}

Result<Model> find(store::Connection& connection, std::string_view workspace, std::string_view name) {
  TRY(auto found, connection.first("SELECT number,name,description,created_ms,updated_ms FROM model WHERE workspace=?1 AND name=?2", read_model, workspace, name));
  if (!found) return std::unexpected(not_found("RESOURCE_DOES_NOT_EXIST", "Registered Model with name=" + std::string(name.substr(0, 256)) + " not found"));
  CHECK_OK(fill_model(connection, *found));
  return std::move(*found);
}

Result<void> touch(store::Connection& connection, const Model& model, Clock& clock) {
  return connection.execute("UPDATE model SET updated_ms=?2 WHERE number=?1", model.number, milliseconds(clock.now()));
}

}  // namespace

Model read_model(store::Statement& row) {
  return {.number = row.integer(0), .name = std::string(row.text(1)), .description = std::string(row.text(2)), .created_ms = row.integer(3), .updated_ms = row.integer(4)};
}

Result<void> fill_model(store::Connection& connection, Model& model) {
  CHECK_OK(connection.each("SELECT key,value FROM model_tag WHERE model=?1", [&](store::Statement& row) { model.tags.push_back({std::string(row.text(0)), std::string(row.text(1))}); }, model.number));
  CHECK_OK(connection.each("SELECT alias,version FROM model_alias WHERE model=?1", [&](store::Statement& row) { model.aliases.push_back({std::string(row.text(0)), std::string(row.text(1))}); }, model.number));
  TRY(auto versions, read_versions(connection, model));
  for (ModelVersion& version : versions)
    if (std::ranges::find(model.latest, version.stage, &ModelVersion::stage) == model.latest.end()) model.latest.push_back(std::move(version));
  return ok();
}

Result<Model> Registry::create_model(std::string_view workspace, std::string_view name, std::string_view description, const std::vector<Pair>& tags) {
  CHECK_OK(check_name(name));
  for (const Pair& tag : tags) CHECK_OK(check_tag(tag));
  return store::write<Model>(database_, [&](store::Connection& connection) -> Result<Model> {
    std::int64_t now = milliseconds(clock_.now());
    CHECK_OK(connection.execute("INSERT OR IGNORE INTO model(workspace,name,description,created_ms,updated_ms) VALUES(?1,?2,?3,?4,?4)", workspace, name, description, now));
    if (connection.changes() == 0) return std::unexpected(conflict("RESOURCE_ALREADY_EXISTS", "Registered Model (name=" + std::string(name) + ") already exists."));
    TRY(Model made, find(connection, workspace, name));
    for (const Pair& tag : tags) CHECK_OK(connection.execute("INSERT OR REPLACE INTO model_tag(model,key,value) VALUES(?1,?2,?3)", made.number, tag.key, tag.value));
    return find(connection, workspace, name);
  });
}

Result<Model> Registry::model(std::string_view workspace, std::string_view name) const {
  return store::read<Model>(database_, [&](store::Connection& connection) { return find(connection, workspace, name); });
}

Result<Model> Registry::rename_model(std::string_view workspace, std::string_view name, std::string_view new_name) {
  CHECK_OK(check_name(new_name));
  return store::write<Model>(database_, [&](store::Connection& connection) -> Result<Model> {
    TRY(Model there, find(connection, workspace, name));
    if (auto taken = find(connection, workspace, new_name); taken && taken->number != there.number) return std::unexpected(conflict("RESOURCE_ALREADY_EXISTS", "Registered Model (name=" + std::string(new_name) + ") already exists."));
    CHECK_OK(connection.execute("UPDATE model SET name=?2,updated_ms=?3 WHERE number=?1", there.number, new_name, milliseconds(clock_.now())));
    return find(connection, workspace, new_name);
  });
}

Result<Model> Registry::describe_model(std::string_view workspace, std::string_view name, std::string_view description) {
  return store::write<Model>(database_, [&](store::Connection& connection) -> Result<Model> {
    TRY(Model there, find(connection, workspace, name));
    CHECK_OK(connection.execute("UPDATE model SET description=?2,updated_ms=?3 WHERE number=?1", there.number, description, milliseconds(clock_.now())));
    return find(connection, workspace, name);
  });
}

Result<void> Registry::remove_model(std::string_view workspace, std::string_view name) {
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Model there, find(connection, workspace, name));
    CHECK_OK(connection.execute("DELETE FROM model_version_tag WHERE model_version IN (SELECT number FROM model_version WHERE model=?1)", there.number));
    for (std::string_view sql : {"DELETE FROM model_version WHERE model=?1", "DELETE FROM model_tag WHERE model=?1", "DELETE FROM model_alias WHERE model=?1", "DELETE FROM model WHERE number=?1"})
      CHECK_OK(connection.execute(sql, there.number));
    return ok();
  });
}

Result<void> Registry::set_model_tag(std::string_view workspace, std::string_view name, const Pair& tag) {
  CHECK_OK(check_tag(tag));
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Model there, find(connection, workspace, name));
    CHECK_OK(connection.execute("INSERT OR REPLACE INTO model_tag(model,key,value) VALUES(?1,?2,?3)", there.number, tag.key, tag.value));
    return touch(connection, there, clock_);
  });
}

Result<void> Registry::delete_model_tag(std::string_view workspace, std::string_view name, std::string_view key) {
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Model there, find(connection, workspace, name));
    CHECK_OK(connection.execute("DELETE FROM model_tag WHERE model=?1 AND key=?2", there.number, key));
    return touch(connection, there, clock_);
  });
}

Result<Found<Model>> Registry::search_models(std::string_view workspace, const Search& search) const {
  TRY(Filter filter, Filter::parse(search.filter, FilterOf::models));
  TRY(Order order, Order::parse(search.order_by, FilterOf::models));
  TRY(std::size_t offset, page_offset(search.page_token));
  std::vector<Model> all;
  CHECK_OK(database_.read([&](store::Connection& connection) -> Result<void> {
    CHECK_OK(connection.each("SELECT number,name,description,created_ms,updated_ms FROM model WHERE workspace=?1 ORDER BY name", [&](store::Statement& row) { all.push_back(read_model(row)); }, workspace));
    for (Model& one : all) CHECK_OK(fill_model(connection, one));
    return ok();
  }));
  std::erase_if(all, [&](const Model& one) { return !filter.accepts(one); });
  std::ranges::stable_sort(all, [&](const Model& a, const Model& b) { return order.before(a, b); });
  return page_of(std::move(all), offset, search.count_max);
}

Result<void> Registry::set_alias(std::string_view workspace, std::string_view name, const Alias& alias) {
  if (alias.alias.empty() || alias.alias.size() > 255 || alias.alias == "latest") return std::unexpected(bad_value("'" + alias.alias.substr(0, 100) + "' is no valid alias."));
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Model there, find(connection, workspace, name));
    TRY(ModelVersion version, find_version(connection, workspace, name, alias.version));
    return connection.execute("INSERT OR REPLACE INTO model_alias(model,alias,version) VALUES(?1,?2,?3)", there.number, alias.alias, version.version);
  });
}

Result<void> Registry::delete_alias(std::string_view workspace, std::string_view name, std::string_view alias) {
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Model there, find(connection, workspace, name));
    return connection.execute("DELETE FROM model_alias WHERE model=?1 AND alias=?2", there.number, alias);
  });
}

Result<ModelVersion> Registry::by_alias(std::string_view workspace, std::string_view name, std::string_view alias) const {
  TRY(Model there, model(workspace, name));
  for (const Alias& one : there.aliases)
    if (one.alias == alias) return version(workspace, name, one.version);
  return std::unexpected(bad_value("Registered model alias " + std::string(alias.substr(0, 255)) + " not found."));
}

}  // namespace axonite::ml
