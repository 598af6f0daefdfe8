#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "ml/filter.h"
#include "ml/tracking.h"
#include "store/database.h"

namespace axonite::ml {
namespace {

constexpr std::string_view kColumns = "SELECT number,id,name,stage,created_ms,updated_ms FROM experiment ";
constexpr std::size_t kNameBytesMax = 500;

Experiment read(store::Statement& row) {
  return {.number = row.integer(0), .id = std::string(row.text(1)), .name = std::string(row.text(2)), .stage = std::string(row.text(3)), .created_ms = row.integer(4), .updated_ms = row.integer(5)};
}

Result<void> add_tags(store::Connection& connection, Experiment& experiment) {
  return connection.each("SELECT key,value FROM experiment_tag WHERE experiment=?1 ORDER BY key",
                         [&](store::Statement& row) { experiment.tags.push_back({std::string(row.text(0)), std::string(row.text(1))}); }, experiment.number);
}

Result<Experiment> find(store::Connection& connection, std::string_view workspace, std::string_view id) {
  static const std::string sql = std::string(kColumns) + "WHERE workspace=?1 AND id=?2";
  TRY(auto found, connection.first(sql, read, workspace, id));
  if (!found) return std::unexpected(no_such("experiment with ID", id));
  CHECK_OK(add_tags(connection, *found));
  return std::move(*found);
}

Result<void> check_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || !text::is_valid_utf8(name)) return std::unexpected(bad_value("Invalid experiment name: '" + std::string(name.substr(0, 100)) + "'. Names have 1 to 500 bytes."));
  return ok();
}

Result<void> check_free(store::Connection& connection, std::string_view workspace, std::string_view name) {
  TRY(auto taken, connection.first("SELECT stage FROM experiment WHERE workspace=?1 AND name=?2", [](store::Statement& row) { return std::string(row.text(0)); }, workspace, name));
  if (!taken) return ok();
  std::string hint = *taken == kDeleted ? " It is deleted; restore it or choose another name." : "";
  return std::unexpected(conflict("RESOURCE_ALREADY_EXISTS", "Experiment '" + std::string(name) + "' already exists." + hint));
}

Result<void> insert(store::Connection& connection, std::string_view workspace, std::string_view id, std::string_view name, std::int64_t now) {
  return connection.execute("INSERT INTO experiment(workspace,id,name,stage,created_ms,updated_ms) VALUES(?1,?2,?3,'active',?4,?4)", workspace, id, name, now);
}

bool kept(const Experiment& experiment, const Search& search, const Filter& filter) {
  bool stage = experiment.stage == kActive ? search.active : search.deleted;
  return stage && filter.accepts(experiment);
}

}  // namespace

std::int64_t milliseconds(Time time) { return to_unix_nanoseconds(time) / 1'000'000; }
Error no_such(std::string_view what, std::string_view name) { return not_found("RESOURCE_DOES_NOT_EXIST", "No " + std::string(what) + "='" + std::string(name.substr(0, 256)) + "' exists."); }
Error bad_value(std::string message) { return invalid("INVALID_PARAMETER_VALUE", std::move(message)); }
std::string page_token(std::size_t offset) { return text::base64url_encode("offset:" + std::to_string(offset)); }

Result<std::size_t> page_offset(std::string_view token) {
  if (token.empty()) return 0;
  auto plain = text::base64url_decode(token);
  auto offset = plain && plain->starts_with("offset:") ? text::parse_int<std::size_t>(std::string_view(*plain).substr(7)) : std::nullopt;
  if (!offset) return std::unexpected(bad_value("The page token is not one of this service."));
  return *offset;
}

Result<Experiment> Tracking::create_experiment(std::string_view workspace, std::string_view name, const std::vector<Pair>& tags) {
  CHECK_OK(check_name(name));
  std::string id = new_uuid();
  CHECK_OK(database_.write([&](store::Connection& connection) -> Result<void> {
    CHECK_OK(check_free(connection, workspace, name));
    CHECK_OK(insert(connection, workspace, id, name, milliseconds(clock_.now())));
    TRY(Experiment made, find(connection, workspace, id));
    for (const Pair& tag : tags) CHECK_OK(connection.execute("INSERT OR REPLACE INTO experiment_tag(experiment,key,value) VALUES(?1,?2,?3)", made.number, tag.key, tag.value));
    return ok();
  }));
  return experiment(workspace, id);
}

Result<Experiment> Tracking::experiment(std::string_view workspace, std::string_view id) const {
  auto found = store::read<Experiment>(database_, [&](store::Connection& connection) { return find(connection, workspace, id); });
  if (found || id != kDefaultExperiment) return found;
  return store::write<Experiment>(database_, [&](store::Connection& connection) -> Result<Experiment> {
    CHECK_OK(connection.execute("INSERT OR IGNORE INTO experiment(workspace,id,name,stage,created_ms,updated_ms) VALUES(?1,?2,'Default','active',?3,?3)", workspace, kDefaultExperiment, milliseconds(clock_.now())));
    return find(connection, workspace, id);
  });
}

Result<Experiment> Tracking::experiment_by_name(std::string_view workspace, std::string_view name) const {
  if (name == "Default") return experiment(workspace, kDefaultExperiment);
  return store::read<Experiment>(database_, [&](store::Connection& connection) -> Result<Experiment> {
    TRY(auto id, connection.first("SELECT id FROM experiment WHERE workspace=?1 AND name=?2", [](store::Statement& row) { return std::string(row.text(0)); }, workspace, name));
    if (!id) return std::unexpected(no_such("experiment with name", name));
    return find(connection, workspace, *id);
  });
}

Result<Experiment> Tracking::ensure_experiment(std::string_view workspace, std::string_view name) {
  auto found = experiment_by_name(workspace, name);
  if (found || found.error().kind != Error::Kind::not_found) return found;
  auto made = create_experiment(workspace, name, {});
  return made || made.error().kind != Error::Kind::conflict ? std::move(made) : experiment_by_name(workspace, name);
}

Result<void> Tracking::rename_experiment(std::string_view workspace, std::string_view id, std::string_view name) {
  CHECK_OK(check_name(name));
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Experiment there, find(connection, workspace, id));
    if (there.stage != kActive) return std::unexpected(bad_value("The experiment " + there.id + " is deleted."));
    if (there.name == name) return ok();
    CHECK_OK(check_free(connection, workspace, name));
    return connection.execute("UPDATE experiment SET name=?2,updated_ms=?3 WHERE number=?1", there.number, name, milliseconds(clock_.now()));
  });
}

Result<void> Tracking::set_experiment_stage(std::string_view workspace, std::string_view id, std::string_view stage) {
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Experiment there, find(connection, workspace, id));
    if (there.stage == stage) return std::unexpected(no_such("experiment to change with ID", id));
    CHECK_OK(connection.execute("UPDATE experiment SET stage=?2,updated_ms=?3 WHERE number=?1", there.number, stage, milliseconds(clock_.now())));
    return connection.execute("UPDATE run SET stage=?2,version=version+1 WHERE experiment=?1", there.number, stage);
  });
}

Result<void> Tracking::set_experiment_tag(std::string_view workspace, std::string_view id, const Pair& tag) {
  if (tag.key.empty() || tag.key.size() > kKeyBytesMax || tag.value.size() > kTagBytesMax) return std::unexpected(bad_value("The tag's key or value is empty or too long."));
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Experiment there, find(connection, workspace, id));
    return connection.execute("INSERT OR REPLACE INTO experiment_tag(experiment,key,value) VALUES(?1,?2,?3)", there.number, tag.key, tag.value);
  });
}

Result<void> Tracking::delete_experiment_tag(std::string_view workspace, std::string_view id, std::string_view key) {
  return database_.write([&](store::Connection& connection) -> Result<void> {
    TRY(Experiment there, find(connection, workspace, id));
    CHECK_OK(connection.execute("DELETE FROM experiment_tag WHERE experiment=?1 AND key=?2", there.number, key));
    if (connection.changes() == 0) return std::unexpected(no_such("tag with name", key));
    return ok();
  });
}

Result<Found<Experiment>> Tracking::search_experiments(std::string_view workspace, const Search& search) const {
  CHECK_OK(experiment(workspace, kDefaultExperiment));
  TRY(Filter filter, Filter::parse(search.filter, FilterOf::experiments));
  TRY(Order order, Order::parse(search.order_by, FilterOf::experiments));
  TRY(std::size_t offset, page_offset(search.page_token));
  std::vector<Experiment> all;
  CHECK_OK(database_.read([&](store::Connection& connection) -> Result<void> {
    static const std::string sql = std::string(kColumns) + "WHERE workspace=?1 ORDER BY updated_ms DESC, number DESC";
    CHECK_OK(connection.each(sql, [&](store::Statement& row) { all.push_back(read(row)); }, workspace));
    for (Experiment& one : all) CHECK_OK(add_tags(connection, one));
    return ok();
  }));
  std::erase_if(all, [&](const Experiment& one) { return !kept(one, search, filter); });
  std::ranges::stable_sort(all, [&](const Experiment& a, const Experiment& b) { return order.before(a, b); });
  Found<Experiment> found;
  for (std::size_t i = offset; i < all.size() && found.items.size() < search.count_max; ++i) found.items.push_back(std::move(all[i]));
  if (offset + found.items.size() < all.size()) found.next_page_token = page_token(offset + found.items.size());
  return found;
}

}  // namespace axonite::ml
