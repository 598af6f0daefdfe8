#include "base/text.h"
#include "ml/filter.h"
#include "ml/registry.h"
#include "ml/registry_rows.h"
#include "store/database.h"

namespace axonite::ml {
namespace {

constexpr std::string_view kColumns = "SELECT v.number,v.version,v.source,v.run_id,v.stage,v.description,v.user,v.properties,v.created_ms,v.updated_ms,m.name FROM model_version v JOIN model m ON m.number=v.model ";
constexpr std::string_view kStages[] = {"None", "Staging", "Production", "Archived"};

ModelVersion read(store::Statement& row) {
  return {.number = row.integer(0), .name = std::string(row.text(10)), .version = std::string(row.text(1)), .source = std::string(row.text(2)), .run_id = std::string(row.text(3)),
          .stage = std::string(row.text(4)), .description = std::string(row.text(5)), .user = std::string(row.text(6)), .properties = std::string(row.text(7)), .created_ms = row.integer(8), .updated_ms = row.integer(9)};
}

Result<void> fill(store::Connection& connection, ModelVersion& version) {
  CHECK_OK(connection.each("SELECT key,value FROM model_version_tag WHERE model_version=?1", [&](store::Statement& row) { version.tags.push_back({std::string(row.text(0)), std::string(row.text(1))}); }, version.number));
  return connection.each("SELECT a.alias FROM model_alias a JOIN model_version v ON v.model=a.model AND v.version=a.version WHERE v.number=?1",
                         [&](store::Statement& row) { version.aliases.emplace_back(row.text(0)); }, version.number);
}

Result<std::int64_t> model_number(store::Connection& connection, std::string_view workspace, std::string_view name) {
  TRY(auto number, connection.first("SELECT number FROM model WHERE workspace=?1 AND name=?2", [](store::Statement& row) { return row.integer(0); }, workspace, name));
  if (!number) return std::unexpected(not_found("RESOURCE_DOES_NOT_EXIST", "Registered Model with name=" + std::string(name.substr(0, 256)) + " not found"));
  return *number;
}

Result<std::string> next_version(store::Connection& connection, std::int64_t model) {
  TRY(auto highest, connection.first("SELECT coalesce(max(CAST(version AS INTEGER)),0) FROM model_version WHERE model=?1", [](store::Statement& row) { return row.integer(0); }, model));
  return std::to_string(highest.value_or(0) + 1);
}

Result<void> put_tags(store::Connection& connection, std::int64_t version, const std::vector<Pair>& tags) {
  for (const Pair& tag : tags) CHECK_OK(connection.execute("INSERT OR REPLACE INTO model_version_tag(model_version,key,value) VALUES(?1,?2,?3)", version, tag.key, tag.value));
  return ok();
}

Result<std::string> stage_of(std::string_view given) {
  for (std::string_view stage : kStages)
    if (text::equals_ignoring_case(stage, given)) return std::string(stage);
  return std::unexpected(bad_value("Invalid Model Version stage: " + std::string(given.substr(0, 50)) + ". Value must be one of None, Staging, Production, Archived."));
}

Result<void> check_version(const NewVersion& version) {
  if (version.version.size() > 100 || version.version.find_first_of("/:") != std::string::npos) return std::unexpected(bad_value("'" + version.version.substr(0, 100) + "' is no valid version."));
  if (version.source.size() > 8000) return std::unexpected(bad_value("The model's source is too long."));
  return ok();
}

// Writes the row and returns the version's text.
Result<std::string> put_version(store::Connection& connection, std::int64_t model, const NewVersion& given, std::int64_t now) {
  std::string version = given.version;
  if (version.empty()) {
    TRY(version, next_version(connection, model));
  }
  CHECK_OK(connection.execute("INSERT OR IGNORE INTO model_version(model,version,source,run_id,stage,description,user,properties,created_ms,updated_ms) VALUES(?1,?2,?3,?4,'None',?5,?6,?7,?8,?8)",
                              model, version, given.source, given.run_id, given.description, given.user, given.properties, now));
  bool there = connection.changes() == 0;
  if (there && !given.replace) return std::unexpected(conflict("RESOURCE_ALREADY_EXISTS", "The version " + version + " of this model already exists."));
  TRY(auto number, connection.first("SELECT number FROM model_version WHERE model=?1 AND version=?2", [](store::Statement& row) { return row.integer(0); }, model, version));
  if (there) {
    CHECK_OK(connection.execute("UPDATE model_version SET description=?2,properties=?3,updated_ms=?4 WHERE number=?1", *number, given.description, given.properties, now));
    CHECK_OK(connection.execute("DELETE FROM model_version_tag WHERE model_version=?1", *number));
  }
  CHECK_OK(put_tags(connection, *number, given.tags));
  CHECK_OK(connection.execute("UPDATE model SET updated_ms=?2 WHERE number=?1", model, now));
  return version;
}

}  // namespace

Result<ModelVersion> find_version(store::Connection& connection, std::string_view workspace, std::string_view name, std::string_view version) {
  TRY(std::int64_t model, model_number(connection, workspace, name));
  static const std::string sql = std::string(kColumns) + "WHERE v.model=?1 AND v.version=?2";
  TRY(auto found, connection.first(sql, read, model, version));
  if (!found) return std::unexpected(not_found("RESOURCE_DOES_NOT_EXIST", "Model Version (name=" + std::string(name) + ", version=" + std::string(version.substr(0, 100)) + ") not found"));
  CHECK_OK(fill(connection, *found));
  return std::move(*found);
}

Result<std::vector<ModelVersion>> read_versions(store::Connection& connection, const Model& model) {
  std::vector<ModelVersion> all;
  static const std::string sql = std::string(kColumns) + "WHERE v.model=?1 ORDER BY v.number DESC";
  CHECK_OK(connection.each(sql, [&](store::Statement& row) { all.push_back(read(row)); }, model.number));
  for (ModelVersion& one : all) CHECK_OK(fill(connection, one));
  return all;
}

Result<ModelVersion> Registry::create_version(std::string_view workspace, std::string_view name, const NewVersion& given) {
  CHECK_OK(check_version(given));
  if (given.make_model)
    if (auto there = model(workspace, name); !there) {
      auto made = create_model(workspace, name, "", {});
      if (!made && made.error().kind != Error::Kind::conflict) return std::unexpected(std::move(made.error()));
    }
  return store::write<ModelVersion>(database_, [&](store::Connection& connection) -> Result<ModelVersion> {
    TRY(std::int64_t model, model_number(connection, workspace, name));
    TRY(std::string version, put_version(connection, model, given, milliseconds(clock_.now())));
    return find_version(connection, workspace, name, version);
  });
}

Result<ModelVersion> Registry::version(std::string_view workspace, std::string_view name, std::string_view version) const {
  return store::read<ModelVersion>(database_, [&](store::Connection& connection) { return find_version(connection, workspace, name, version); });
}

Result<std::vector<ModelVersion>> Registry::versions(std::string_view workspace, std::string_view name) const {
  return store::read<std::vector<ModelVersion>>(database_, [&](store::Connection& connection) -> Result<std::vector<ModelVersion>> {
    TRY(std::int64_t number, model_number(connection, workspace, name));
    return read_versions(connection, Model{.number = number});
  });
}

Result<ModelVersion> Registry::describe_version(std::string_view workspace, std::string_view name, std::string_view version, std::string_view description) {
  return store::write<ModelVersion>(database_, [&](store::Connection& connection) -> Result<ModelVersion> {
    TRY(ModelVersion there, find_version(connection, workspace, name, version));
    CHECK_OK(connection.execute("UPDATE model_version SET description=?2,updated_ms=?3 WHERE number=?1", there.number, description, milliseconds(clock_.now())));
    return find_version(connection, workspace, name, version);
  });
}

Result<ModelVersion> Registry::set_stage(std::string_view workspace, std::string_view name, std::string_view version, std::string_view given, bool archive_others) {
  TRY(std::string stage, stage_of(given));
  if (archive_others && stage != "Staging" && stage != "Production") return std::unexpected(bad_value("Only the stages Staging and Production can archive the versions that are in them."));
  return store::write<ModelVersion>(database_, [&](store::Connection& connection) -> Result<ModelVersion> {
    TRY(ModelVersion there, find_version(connection, workspace, name, version));
    TRY(std::int64_t model, model_number(connection, workspace, name));
    std::int64_t now = milliseconds(clock_.now());
    if (archive_others) CHECK_OK(connection.execute("UPDATE model_version SET stage='Archived',updated_ms=?3 WHERE model=?1 AND stage=?2", model, stage, now));
    CHECK_OK(connection.execute("UPDATE model_version SET stage=?2,updated_ms=?3 WHERE number=?1", there.number, stage, now));
    return find_version(connection, workspace, name, version);
  });
}

Result<void> Registry::remove_version(std::string_view workspace, std::string_view name, std::string_view version) {
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(ModelVersion there, find_version(connection, workspace, name, version));
    CHECK_OK(connection.execute("DELETE FROM model_alias WHERE version=?2 AND model=(SELECT model FROM model_version WHERE number=?1)", there.number, there.version));
    CHECK_OK(connection.execute("DELETE FROM model_version_tag WHERE model_version=?1", there.number));
    return connection.execute("DELETE FROM model_version WHERE number=?1", there.number);
  });
}

Result<void> Registry::set_version_tag(std::string_view workspace, std::string_view name, std::string_view version, const Pair& tag) {
  if (tag.key.empty() || tag.key.size() > kKeyBytesMax || tag.value.size() > 100'000) return std::unexpected(bad_value("The tag's key or value is empty or too long."));
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(ModelVersion there, find_version(connection, workspace, name, version));
    return put_tags(connection, there.number, {tag});
  });
}

Result<void> Registry::delete_version_tag(std::string_view workspace, std::string_view name, std::string_view version, std::string_view key) {
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(ModelVersion there, find_version(connection, workspace, name, version));
    return connection.execute("DELETE FROM model_version_tag WHERE model_version=?1 AND key=?2", there.number, key);
  });
}

Result<Found<ModelVersion>> Registry::search_versions(std::string_view workspace, const Search& search) const {
  TRY(Filter filter, Filter::parse(search.filter, FilterOf::versions));
  TRY(Order order, Order::parse(search.order_by, FilterOf::versions));
  TRY(std::size_t offset, page_offset(search.page_token));
  std::vector<ModelVersion> all;
  CHECK_OK(database_.read([&](store::Connection& connection) -> Result<void> {
    static const std::string sql = std::string(kColumns) + "WHERE m.workspace=?1 ORDER BY v.updated_ms DESC,v.number DESC";
    CHECK_OK(connection.each(sql, [&](store::Statement& row) { all.push_back(read(row)); }, workspace));
    for (ModelVersion& one : all) CHECK_OK(fill(connection, one));
    return ok();
  }));
  std::erase_if(all, [&](const ModelVersion& one) { return !filter.accepts(one); });
  std::ranges::stable_sort(all, [&](const ModelVersion& a, const ModelVersion& b) { return order.before(a, b); });
  return page_of(std::move(all), offset, search.count_max);
}

}  // namespace axonite::ml
