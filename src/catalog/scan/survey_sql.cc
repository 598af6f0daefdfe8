#include <algorithm>
#include <boost/json.hpp>

#include "base/digest.h"
#include "base/text.h"
#include "catalog/datasets.h"
#include "catalog/scan/survey.h"

namespace axonite::catalog::scan {
namespace {

// What cannot be scanned, as the service has it.
constexpr std::string_view kForbidden = "/\\#";

constexpr std::string_view kObjectsSql =
    "SELECT o.object_id AS id, s.name AS schema_name, o.name AS name, RTRIM(o.type) AS type, o.create_date AS created, o.modify_date AS modified "
    "FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id WHERE o.type IN ('U', 'V')";
constexpr std::string_view kColumnsSql =
    "SELECT c.object_id AS id, c.name AS name, t.name AS type, c.max_length AS length, c.precision AS precision, c.scale AS scale, c.is_nullable AS nullable "
    "FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id ORDER BY c.object_id, c.column_id";

std::int64_t number(const json::Value& row, std::string_view key) {
  const json::Value* found = json::find(row, key);
  return found && found->is_int64() ? found->get_int64() : 0;
}

std::string bracketed(std::string_view name) { return "[" + text::replace_all(std::string(name), "]", "]]") + "]"; }

json::Value milliseconds(const json::Value& row, std::string_view key) {
  auto time = parse_iso(json::string_or(row, key));
  return time ? json::Value(to_unix_nanoseconds(*time) / 1'000'000) : json::Value();
}

// One database of a server.
class DatabaseSurvey {
 public:
  DatabaseSurvey(Ports& ports, const Login& login, const SqlDatabase& database, const Settings& settings, std::stop_token stop, Survey& survey)
      : ports_(ports), login_(login), database_(database), settings_(settings), stop_(stop), survey_(survey), family_(database.family) {}

  Result<void> run(const std::string& workspace) {
    TRY(auto objects, ports_.query(login_, database_.server, database_.name, kObjectsSql, stop_));
    TRY(auto columns, ports_.query(login_, database_.server, database_.name, kColumnsSql, stop_));
    std::map<std::int64_t, std::vector<const json::Value*>> by_object;
    for (const json::Value& column : columns) by_object[number(column, "id")].push_back(&column);
    add_database(workspace, objects);
    for (const json::Value& object : objects) {
      if (stop_.stop_requested()) return std::unexpected(cancelled("ScanCanceled", "The run was canceled."));
      CHECK_OK(add_object(object, by_object[number(object, "id")]));
    }
    return ok();
  }

 private:
  void add_database(const std::string& workspace, const std::vector<json::Value>& objects) {
    std::vector<Entity> unit{make_entity("azure_synapse_workspace", "https://" + workspace + ".azuresynapse.net", workspace)};
    unit.push_back(make_entity(family_ + "db", database_.root(), database_.name));
    unit.back().relationship_attributes["workspace"] = reference("azure_synapse_workspace", "https://" + workspace + ".azuresynapse.net");
    survey_.add_found(settings_, family_ + "db", database_.root(), "");
    std::set<std::string> schemas;
    for (const json::Value& object : objects) schemas.insert(json::string_or(object, "schema_name"));
    for (const std::string& schema : schemas) {
      std::string name = database_.root() + "/" + schema;
      unit.push_back(make_entity(family_ + "schema", name, schema));
      unit.back().relationship_attributes["db"] = reference(family_ + "db", database_.root());
      survey_.add_found(settings_, family_ + "schema", name, "");
    }
    survey_.units.push_back(std::move(unit));
  }

  Result<void> add_object(const json::Value& object, const std::vector<const json::Value*>& columns) {
    std::string schema = json::string_or(object, "schema_name"), name = json::string_or(object, "name"), whole = database_.root() + "/" + schema + "/" + name;
    if (name.find_first_of(kForbidden) != std::string::npos) {
      survey_.notes.push_back(whole + ": names with / \\ # are not scanned");
      return ok();
    }
    if (!settings_.takes(whole)) return ok();
    bool is_view = json::string_or(object, "type") == "V";
    std::string type = family_ + (is_view ? "view" : "table");
    // Rows tell what changed since; metadata scans leave them be.
    std::int64_t rows = settings_.classifies && !is_view ? count_rows(schema, name) : -1;
    std::string all = json::string_or(object, "modified") + std::to_string(rows);
    for (const json::Value* column : columns) all += json::write(*column);
    if (!survey_.add_found(settings_, type, whole, text::hex_encode(digest::sha256(all)).substr(0, 16))) return ok();
    Entity table = make_entity(type, whole, name);
    table.attributes["objectType"] = is_view ? "V " : "U ";
    table.attributes["createTime"] = milliseconds(object, "created");
    table.attributes["modifiedTime"] = milliseconds(object, "modified");
    if (rows >= 0) table.attributes["rowCount"] = rows;
    table.relationship_attributes["dbSchema"] = reference(family_ + "schema", database_.root() + "/" + schema);
    table.others["sourceDetails"] = json::Object{{"ScanResourceId", settings_.scan_id}};
    std::vector<Entity> column_entities = columns_of(whole, type, is_view, columns);
    CHECK_OK(classify_columns(schema, name, table, column_entities));
    std::vector<Entity> unit{std::move(table)};
    for (Entity& column : column_entities) unit.push_back(std::move(column));
    survey_.units.push_back(std::move(unit));
    return ok();
  }

  std::vector<Entity> columns_of(const std::string& table, const std::string& type, bool is_view, const std::vector<const json::Value*>& columns) const {
    std::vector<Entity> all;
    for (const json::Value* column : columns) {
      std::string name = json::string_or(*column, "name");
      Entity one = make_entity(family_ + "column", table + "#" + name, name);
      one.attributes["data_type"] = json::string_or(*column, "type");
      for (std::string_view key : {"length", "precision", "scale"}) one.attributes[key] = number(*column, key);
      one.relationship_attributes[is_view ? "view" : "table"] = reference(type, table);
      all.push_back(std::move(one));
    }
    return all;
  }

  std::int64_t count_rows(const std::string& schema, const std::string& name) const {
    auto rows = ports_.query(login_, database_.server, database_.name, "SELECT COUNT_BIG(*) AS n FROM " + bracketed(schema) + "." + bracketed(name), stop_);
    return rows && rows->size() == 1 ? number(rows->front(), "n") : -1;
  }

  Result<void> classify_columns(const std::string& schema, const std::string& name, Entity& table, std::vector<Entity>& columns) {
    if (!settings_.classifies) return ok();
    auto rows = ports_.query(login_, database_.server, database_.name, "SELECT TOP " + std::to_string(kSampleRows) + " * FROM " + bracketed(schema) + "." + bracketed(name), stop_);
    if (!rows) {
      survey_.notes.push_back(schema + "." + name + ": " + rows.error().message);
      return ok();
    }
    bool any = false;
    for (Entity& column : columns) {
      Values values;
      for (const json::Value& row : *rows) {
        const json::Value* value = json::find(row, column.attributes.at("name").get_string());
        if (!value || value->is_null()) values.emplace_back();
        else values.emplace_back(value->is_string() ? std::string(value->get_string()) : json::write(*value));
      }
      any |= classify_column(column, values, settings_);
    }
    survey_.classified += any;
    roll_up(table, columns);
    return ok();
  }

  Ports& ports_;
  const Login& login_;
  const SqlDatabase& database_;
  const Settings& settings_;
  std::stop_token stop_;
  Survey& survey_;
  std::string family_;
};

}  // namespace

Result<Survey> survey_workspace(Ports& ports, const Login& login, const json::Value& properties, const Settings& settings, std::stop_token stop) {
  Survey survey;
  std::string dedicated = text::to_lower(json::string_or(properties, "dedicatedSqlEndpoint")), serverless = text::to_lower(json::string_or(properties, "serverlessSqlEndpoint"));
  std::string workspace = json::string_or(properties, "resourceName", dedicated.substr(0, dedicated.find('.')));
  if (!dedicated.empty()) {
    TRY(auto pools, ports.pools(workspace));
    for (const std::string& pool : pools) {
      SqlDatabase database = SqlDatabase::of(dedicated, pool);
      if (!settings.takes(database.root()) && settings.include.empty()) continue;
      CHECK_OK(DatabaseSurvey(ports, login, database, settings, stop, survey).run(workspace));
    }
  }
  if (!serverless.empty()) {
    TRY(auto databases, ports.query(login, serverless, "master", "SELECT name FROM sys.databases WHERE name <> 'master'", stop));
    for (const json::Value& row : databases) {
      SqlDatabase database = SqlDatabase::of(serverless, json::string_or(row, "name"));
      CHECK_OK(DatabaseSurvey(ports, login, database, settings, stop, survey).run(workspace));
    }
  }
  return survey;
}

}  // namespace axonite::catalog::scan
