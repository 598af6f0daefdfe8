#include "catalog/datasets.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "base/text.h"
#include "catalog/path_pattern.h"

namespace axonite::catalog {
namespace {

constexpr std::string_view kSqlScheme = "mssql://";
constexpr std::size_t kExtensionMax = 8;

// ".parquet", ".csv.gz": engines name files and folders alike.
bool looks_like_file(std::string_view url) {
  if (url.find('*') != std::string_view::npos || url.ends_with('/')) return false;
  std::string_view last = url.substr(url.rfind('/') + 1);
  std::size_t dot = last.rfind('.');
  return dot != std::string_view::npos && dot > 0 && last.size() - dot - 1 <= kExtensionMax && last.size() - dot > 1 &&
         std::ranges::all_of(last.substr(dot + 1), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
}

}  // namespace

std::string last_segment(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }
std::string folder_of(std::string_view name) { return std::string(name.substr(0, name.rfind('/'))); }

json::Object reference(std::string_view type, std::string_view name) {
  return {{"typeName", type}, {"uniqueAttributes", json::Object{{"qualifiedName", name}}}};
}

json::Array references(const std::set<Dataset>& datasets) {
  json::Array list;
  for (const Dataset& one : datasets) list.push_back(reference(one.type, one.name));
  return list;
}

Entity make_entity(std::string_view type, std::string_view qualified_name, std::string_view name) {
  return {.type = std::string(type), .attributes = {{"qualifiedName", qualified_name}, {"name", name}}};
}

std::string lake_name(std::string_view url) {
  std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {};
  std::string scheme = text::to_lower(url.substr(0, scheme_end));
  std::string_view rest = url.substr(scheme_end + 3);
  std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string authority = text::to_lower(rest.substr(0, slash)), container;
  std::string path(rest.substr(slash));
  if (scheme.starts_with("abfs") || scheme.starts_with("wasb")) {
    std::size_t at = authority.find('@');
    if (at == std::string::npos) return {};
    container = "/" + authority.substr(0, at);
    authority.erase(0, at + 1);
  } else if (scheme == "https" || scheme == "http") {
    path = path.substr(0, path.find('?'));
    if (auto decoded = text::percent_decode(path)) path = *decoded;
  } else {
    return {};
  }
  std::size_t dot = authority.find('.');
  if (dot == std::string::npos || !authority.ends_with(".core.windows.net")) return {};
  std::string name = "https://" + authority.substr(0, dot) + ".dfs.core.windows.net" + container;
  for (std::string_view segment : text::split(path, '/')) {
    if (segment.find('*') != std::string_view::npos) break;
    if (!segment.empty()) name += "/" + std::string(segment);
  }
  return name;
}

Dataset lake_dataset(std::string_view url) {
  std::string name = lake_name(url);
  if (name.empty()) return {};
  if (!looks_like_file(url)) return {std::string(kLakeType), std::move(name)};
  std::string pattern = name_pattern(name);
  bool is_set = pattern != name;
  return {std::string(is_set ? kResourceSetType : kLakeType), std::move(pattern)};
}

SqlDatabase SqlDatabase::of(std::string_view server, std::string_view name) {
  SqlDatabase database{.server = text::to_lower(server), .name = std::string(name)};
  if (database.server.find("-ondemand.") != std::string::npos) database.family = "azure_synapse_serverless_sql_";
  return database;
}

Dataset SqlDatabase::dataset(std::string_view object) const {
  if (Dataset lake = lake_dataset(object); !lake.type.empty()) return lake;
  if (object.starts_with(kSqlScheme)) return {std::string(family) + "table", std::string(object)};
  std::string path(object);
  if (std::size_t dot = path.find('.'); dot != std::string::npos) path[dot] = '/';
  return {std::string(family) + "table", root() + "/" + path};
}

void add_dataset(std::vector<Entity>& entities, const Dataset& dataset, const SqlDatabase* database) {
  Entity one = make_entity(dataset.type, dataset.name, last_segment(dataset.name));
  if (dataset.type == kLakeType) {
    std::string_view rest = std::string_view(dataset.name).substr(8);
    one.attributes["path"] = rest.substr(std::min(rest.find('/'), rest.size()));
  } else if (database && !dataset.in_lake() && dataset.name.starts_with(database->root() + "/")) {
    std::string schema = folder_of(dataset.name), family(database->family);
    entities.push_back(make_entity(family + "db", database->root(), database->name));
    Entity schema_entity = make_entity(family + "schema", schema, last_segment(schema));
    schema_entity.relationship_attributes["db"] = reference(family + "db", database->root());
    entities.push_back(std::move(schema_entity));
    one.relationship_attributes["dbSchema"] = reference(family + "schema", schema);
  }
  entities.push_back(std::move(one));
}

}  // namespace axonite::catalog
