#include "catalog/catalog.h"

#include <boost/json.hpp>

#include "catalog/errors.h"
#include "catalog/rows.h"
#include "catalog/upsert.h"

namespace axonite::catalog {
namespace {

constexpr std::string_view kMigrations[] = {R"(
CREATE TABLE typedef(name TEXT PRIMARY KEY, category TEXT NOT NULL, guid TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entity(guid TEXT PRIMARY KEY, type TEXT NOT NULL, qualified_name TEXT NOT NULL, name TEXT NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX entity_name ON entity(type, qualified_name) WHERE deleted=0;
CREATE TABLE relationship(guid TEXT PRIMARY KEY, type TEXT NOT NULL, end1 TEXT NOT NULL, end2 TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX relationship_end1 ON relationship(end1, end2, type);
CREATE INDEX relationship_end2 ON relationship(end2);
CREATE TABLE feed(one INTEGER PRIMARY KEY CHECK(one=1), sequence INTEGER NOT NULL);
)"};

}  // namespace

Result<std::unique_ptr<Catalog>> Catalog::open(const std::filesystem::path& file, Clock& clock) {
  TRY(auto database, store::Database::open(file, kMigrations));
  auto catalog = std::unique_ptr<Catalog>(new Catalog(std::move(database), clock));
  CHECK_OK(catalog->load());
  return catalog;
}

Result<void> Catalog::load() {
  Definitions definitions = built_in_types();
  CHECK_OK(database_->read([&](store::Connection& connection) -> Result<void> {
    CHECK_OK(connection.each("SELECT name,category,guid,body FROM typedef", [&](store::Statement& row) {
      definitions[std::string(row.text(0))] = {.category = std::string(row.text(1)), .guid = std::string(row.text(2)), .body = json::parse(row.text(3)).value_or(json::Value(json::Object{}))};
    }));
    return connection.each("SELECT guid,type,end1,end2,json_extract(body,'$.provenance') FROM relationship WHERE type IN ('dataset_process_inputs','process_dataset_outputs','direct_lineage_dataset_dataset')",
                           [&](store::Statement& row) {
                             RelationshipRow one{.guid = std::string(row.text(0)), .type = std::string(row.text(1)), .end1 = std::string(row.text(2)), .end2 = std::string(row.text(3)), .body = json::Object{{"provenance", row.text(4)}}};
                             lineage_.add(*lineage_edge(one));
                           });
  }));
  TRY(types_, Types::make(std::move(definitions)));
  return ok();
}

std::shared_ptr<const Types> Catalog::types() const {
  std::lock_guard lock(types_mutex_);
  return types_;
}

void Catalog::index(const std::vector<LineageEdge>& added, const std::vector<std::string>& removed) {
  for (const LineageEdge& edge : added) lineage_.add(edge);
  for (const std::string& relationship : removed) lineage_.remove(relationship);
}

Result<json::Value> Catalog::upsert(std::vector<Entity> entities, std::string_view user, Provenance provenance) {
  std::lock_guard writing(writing_);
  auto types = this->types();
  std::vector<LineageEdge> added;
  std::vector<std::string> removed;
  TRY(json::Value answer, store::write<json::Value>(*database_, [&](store::Connection& connection) -> Result<json::Value> {
    Upsert upsert(connection, *types, clock_.now(), user, provenance);
    TRY(json::Value done, upsert.run(entities));
    added = std::move(upsert.added);
    removed = std::move(upsert.removed);
    return done;
  }));
  index(added, removed);
  return answer;
}

Result<std::string> Catalog::find(std::string_view type, std::string_view qualified_name) const {
  if (!types()->entity(type)) return std::unexpected(unknown_entity_type(type));
  TRY(auto guid, store::read<std::optional<std::string>>(*database_, [&](store::Connection& connection) { return find_entity(connection, type, qualified_name); }));
  if (!guid) return std::unexpected(unknown_instance(type, qualified_name));
  return std::move(*guid);
}

Result<json::Value> Catalog::header(std::string_view guid) const {
  TRY(auto row, store::read<std::optional<EntityRow>>(*database_, [&](store::Connection& connection) { return read_entity_row(connection, guid); }));
  if (!row) return std::unexpected(unknown_guid(guid));
  return header_of(*row);
}

Result<void> Catalog::change_classifications(std::string_view guid, const ChangeClassifications& change, std::string_view user) {
  std::lock_guard writing(writing_);
  return database_->write([&](store::Connection& connection) -> Result<void> {
    TRY(auto row, read_entity_row(connection, guid));
    if (!row || row->deleted) return std::unexpected(unknown_guid(guid));
    json::Object& body = row->body.get_object();
    if (!body["classifications"].is_array()) body["classifications"] = json::Array{};
    CHECK_OK(change(body["classifications"].get_array()));
    body["updatedBy"] = user;
    return write_entity_row(connection, *row);
  });
}

Result<std::vector<std::string>> Catalog::find_below(std::string_view type, std::string_view prefix, std::size_t count_max) const {
  // The first text after all that begin with the prefix.
  std::string end(prefix);
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return store::read<std::vector<std::string>>(*database_, [&](store::Connection& connection) -> Result<std::vector<std::string>> {
    std::vector<std::string> names;
    CHECK_OK(connection.each("SELECT qualified_name FROM entity WHERE type=?1 AND qualified_name>=?2 AND qualified_name<?3 AND deleted=0 ORDER BY qualified_name LIMIT ?4",
                             [&](store::Statement& row) { names.emplace_back(row.text(0)); }, type, prefix, end, count_max));
    return names;
  });
}

Result<std::uint64_t> Catalog::feed_position() const {
  TRY(auto position, store::read<std::optional<std::int64_t>>(*database_, [&](store::Connection& connection) {
    return connection.first("SELECT sequence FROM feed WHERE one=1", [](store::Statement& row) { return row.integer(0); });
  }));
  return static_cast<std::uint64_t>(position.value_or(0));
}

Result<void> Catalog::set_feed_position(std::uint64_t sequence) {
  return database_->write([&](store::Connection& connection) {
    return connection.execute("INSERT INTO feed(one,sequence) VALUES(1,?1) ON CONFLICT(one) DO UPDATE SET sequence=?1", sequence);
  });
}

}  // namespace axonite::catalog
