#include "spark/files.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "delta/engine_path.h"
#include "delta/log.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "engine/glob.h"
#include "spark/errors.h"

namespace axonite::spark {
namespace {

constexpr std::size_t kFilesMax = 100'000;
constexpr std::size_t kAlternativesMax = 1000;

bool hidden(std::string_view path) {
  auto slash = path.rfind('/');
  auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return name.starts_with('_') || name.starts_with('.');
}

Result<lake::Location> location_of(const std::string& path) {
  // A "?" in a path of Spark is a wildcard, never a query.
  auto location = lake::Location::parse(path.starts_with("http") ? path : text::replace_all(path, "?", "\x01"));
  if (location) location->path = text::replace_all(location->path, "\x01", "?");
  if (!location) return std::unexpected(condition(Error::Kind::invalid, "PATH_NOT_FOUND", "42K03", fmt::format("Path does not exist: {}. Paths of storage accounts are wanted: abfss://container@account.dfs.core.windows.net/path.", path), {{"path", path}}));
  return location;
}

struct Found {
  std::vector<std::string> paths;  // of the engine
  bool partitioned = false;
};

// {a,b} in a path, as Hadoop's globs have it; what it stands for, one path each.
Result<std::vector<std::string>> alternatives(const std::string& pattern) {
  std::vector<std::string> done, open{pattern};
  while (!open.empty()) {
    if (open.size() + done.size() > kAlternativesMax) return std::unexpected(unsupported_feature("a path with so many alternatives"));
    auto one = std::move(open.back());
    open.pop_back();
    auto end = one.find('}'), begin = end == std::string::npos ? end : one.rfind('{', end);
    if (begin == std::string::npos) {
      done.push_back(std::move(one));
      continue;
    }
    for (auto choice : text::split(std::string_view(one).substr(begin + 1, end - begin - 1), ',')) open.push_back(one.substr(0, begin) + std::string(choice) + one.substr(end + 1));
  }
  return done;
}

// What is at one place: the file, or the files below the folder. False: nothing is there.
Result<bool> add_files(const lake::View& view, lake::Location location, Found& found) {
  while (location.path.ends_with('/')) location.path.pop_back();
  auto entry = location.path.empty() ? Result<lake::Entry>(lake::Entry{.location = location, .is_directory = true}) : view.stat(location);
  if (!entry && entry.error().kind == Error::Kind::not_found) return false;
  if (!entry) return std::unexpected(translated(entry.error()));
  if (!entry->is_directory) {
    found.paths.push_back(delta::engine_path(location));
    return true;
  }
  auto listed = view.list(location, true);
  if (!listed && listed.error().kind == Error::Kind::not_found) return false;
  if (!listed) return std::unexpected(translated(listed.error()));
  for (auto& file : *listed) {
    auto inner = std::string_view(file.location.path).substr(std::min(file.location.path.size(), location.path.size()));
    bool skip = file.is_directory || hidden(inner) || (file.size == 0 && inner.ends_with("_SUCCESS")) || inner.contains("/_") || inner.contains("/.");
    if (skip) continue;
    found.partitioned = found.partitioned || inner.contains('=');
    found.paths.push_back(delta::engine_path(file.location));
    if (found.paths.size() > kFilesMax) return std::unexpected(unsupported_feature("more than 100000 files in one read"));
  }
  return true;
}

// The places that a path with wildcards stands for, segment by segment.
Result<std::vector<lake::Location>> places_of(const lake::View& view, const lake::Location& pattern) {
  std::vector<lake::Location> places{{pattern.account, pattern.filesystem, ""}};
  for (auto segment : text::split(pattern.path, '/')) {
    if (segment.empty()) continue;
    std::vector<lake::Location> next;
    for (auto& place : places) {
      if (!engine::has_wildcard(segment)) {
        next.push_back({place.account, place.filesystem, place.path.empty() ? std::string(segment) : place.path + "/" + std::string(segment)});
        continue;
      }
      auto listed = view.list(place, false);
      if (!listed && listed.error().kind == Error::Kind::not_found) continue;
      if (!listed) return std::unexpected(translated(listed.error()));
      for (auto& entry : *listed) {
        auto name = std::string_view(entry.location.path).substr(entry.location.path.rfind('/') + 1);
        if (!hidden(name) && engine::glob_matches(segment, name)) next.push_back(entry.location);
      }
    }
    places = std::move(next);
    if (places.size() > kFilesMax) return std::unexpected(unsupported_feature("more than 100000 files in one read"));
  }
  return places;
}

Result<void> find_files(const lake::View& view, const std::string& path, Found& found) {
  TRY(auto paths, alternatives(path));
  bool any = false;
  for (auto& one : paths) {
    TRY(auto location, location_of(one));
    std::vector<lake::Location> places{location};
    if (engine::has_wildcard(location.path)) {
      TRY(places, places_of(view, location));
    }
    for (auto& place : places) {
      TRY(bool there, add_files(view, place, found));
      any = any || there;
    }
  }
  if (!any) return std::unexpected(path_not_found(path));
  return ok();
}

std::string option(const Relation& relation, const std::string& key, std::string fallback = {}) {
  auto at = relation.options.find(key);
  return at == relation.options.end() ? fallback : at->second;
}

bool truthy(const std::string& value) { return text::equals_ignoring_case(value, "true"); }

std::string csv_call(const Relation& relation, const std::string& list) {
  auto delimiter = option(relation, "sep", option(relation, "delimiter", ","));
  if (delimiter == "\\t") delimiter = "\t";
  auto quote = option(relation, "quote", "\"");
  std::string call = fmt::format("read_csv({}, header={}, delim={}, nullstr={}", list, truthy(option(relation, "header", "false")), engine::quote_literal(delimiter), engine::quote_literal(option(relation, "nullvalue", "")));
  call += fmt::format(", quote={}, escape={}", engine::quote_literal(quote), engine::quote_literal(option(relation, "escape", quote)));
  // With a schema Spark reads text and casts; without inferSchema all is text.
  if (!truthy(option(relation, "inferschema", "false")) || !relation.schema.empty()) call += ", all_varchar=true";
  else call += ", sample_size=-1";
  auto mode = text::to_upper(option(relation, "mode", "PERMISSIVE"));
  if (mode == "DROPMALFORMED") call += ", ignore_errors=true";
  if (mode == "PERMISSIVE") call += ", null_padding=true, strict_mode=false";
  return call + ")";
}

Result<std::vector<Field>> described(engine::Session& session, const std::string& from) {
  auto rows = session.query("DESCRIBE SELECT * FROM " + from);
  if (!rows) return std::unexpected(translated(rows.error()));
  std::vector<Field> fields;
  while (true) {
    auto more = (*rows)->next();
    if (!more) return std::unexpected(translated(more.error()));
    if (!*more) return fields;
    for (std::size_t i = 0; i < (*rows)->size(); ++i) {
      auto name = std::get<std::string>((*rows)->value(0, i)), type = std::get<std::string>((*rows)->value(1, i));
      TRY(auto parsed, from_duckdb_type(type));
      fields.push_back({name, std::move(parsed), true});
    }
  }
}

// A schema that the reader gave: its columns by name (CSV: by place), cast; what files lack is NULL.
Result<External> with_schema(External external, const std::string& schema, bool by_place) {
  auto type = schema.starts_with('{') ? parse_type_json(schema) : parse_ddl(schema);
  if (!type) return std::unexpected(type.error());
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < type->fields.size(); ++i) {
    auto& field = type->fields[i];
    auto at = std::ranges::find_if(external.fields, [&](auto& f) { return text::equals_ignoring_case(f.name, field.name); });
    if (by_place && i < external.fields.size()) at = external.fields.begin() + static_cast<std::ptrdiff_t>(i);
    field.nullable = true;
    Typed value{.sql = "NULL", .type = {TypeKind::null}};
    if (at != external.fields.end()) value = {.sql = engine::quote_identifier(at->name), .type = at->type};
    columns.push_back(cast_sql(value, field.type, true) + " AS " + engine::quote_identifier(field.name));
  }
  return External{"(SELECT " + text::join(columns, ", ") + " FROM " + external.from + ")", type->fields, external.name};
}

DataType of_delta(const delta::DataType& type) {
  using Kind = delta::DataType::Kind;
  switch (type.kind) {
    case Kind::string: return {TypeKind::string};
    case Kind::long_: return {TypeKind::long_};
    case Kind::integer: return {TypeKind::integer};
    case Kind::short_: return {TypeKind::short_};
    case Kind::byte: return {TypeKind::byte};
    case Kind::float_: return {TypeKind::float_};
    case Kind::double_: return {TypeKind::double_};
    case Kind::decimal: return decimal_type(type.precision, type.scale);
    case Kind::boolean: return {TypeKind::boolean};
    case Kind::binary: return {TypeKind::binary};
    case Kind::date: return {TypeKind::date};
    case Kind::timestamp: return {TypeKind::timestamp};
    case Kind::timestamp_ntz: return {TypeKind::timestamp_ntz};
    case Kind::array: return array_of(of_delta(*type.element), type.contains_null);
    case Kind::map: return map_of(of_delta(*type.key), of_delta(*type.element));
    case Kind::struct_: {
      DataType out = struct_of({});
      for (auto& field : type.fields) out.fields.push_back({field.name, of_delta(field.type), field.nullable});
      return out;
    }
  }
  return {TypeKind::null};
}

Result<External> read_delta(engine::Session& session, lake::View& view, const Relation& relation) {
  TRY(auto location, location_of(relation.names[0]));
  while (location.path.ends_with('/')) location.path.pop_back();
  delta::Log log(view, location);
  std::optional<std::int64_t> version;
  if (auto wanted = option(relation, "versionasof"); !wanted.empty()) version = text::parse_int<std::int64_t>(wanted);
  if (relation.options.contains("timestampasof")) return std::unexpected(unsupported_feature("timestampAsOf"));
  auto snapshot = delta::load_snapshot(log, session, version);
  if (!snapshot && snapshot.error().code == "DeltaTableNotFound")
    return std::unexpected(condition(Error::Kind::not_found, "DELTA_TABLE_NOT_FOUND", "42P01", fmt::format("Delta table `{}` doesn't exist.", relation.names[0]), {{"tableName", relation.names[0]}}));
  if (!snapshot) return std::unexpected(translated(snapshot.error()));
  TRY(auto sql, delta::scan_sql(*snapshot, location));
  External out{.from = "(" + sql + ")", .name = relation.names[0]};
  for (auto& field : snapshot->schema.fields) out.fields.push_back({field.name, of_delta(field.type), field.nullable});
  return out;
}

}  // namespace

Result<External> read_files(engine::Session& session, lake::View& view, const Relation& relation, const std::string& default_format) {
  auto format = text::to_lower(relation.text.empty() ? default_format : relation.text);
  if (relation.names.empty()) return std::unexpected(condition(Error::Kind::invalid, "DATA_SOURCE_NOT_FOUND", "42K02", "A path is needed to read " + format + "."));
  if (format == "delta") return read_delta(session, view, relation);
  bool csv = format == "csv", json = format == "json", parquet = format == "parquet";
  if (!csv && !json && !parquet)
    return std::unexpected(condition(Error::Kind::unsupported, "DATA_SOURCE_NOT_FOUND", "42K02", fmt::format("Failed to find the data source: {}. Make sure the provider name is correct and the package is properly registered and compatible with your Spark version.", format), {{"provider", format}}));
  Found found;
  for (auto& path : relation.names) CHECK_OK(find_files(view, path, found));
  if (found.paths.empty()) {
    if (!relation.schema.empty()) return with_schema({.from = "(SELECT 1)", .name = relation.names[0]}, relation.schema, false);
    return std::unexpected(condition(Error::Kind::invalid, "UNABLE_TO_INFER_SCHEMA", "42KD9", fmt::format("Unable to infer schema for {}. It must be specified manually.", format), {{"format", format}}));
  }
  std::vector<std::string> quoted;
  for (auto& path : found.paths) quoted.push_back(engine::quote_literal(path));
  auto list = "[" + text::join(quoted, ", ") + "]";
  External out{.name = relation.names[0]};
  if (parquet) out.from = fmt::format("read_parquet({}, hive_partitioning={}, union_by_name={})", list, found.partitioned, truthy(option(relation, "mergeschema", "false")));
  if (csv) out.from = csv_call(relation, list);
  if (json) out.from = fmt::format("read_json({}, format='{}', union_by_name=true, dateformat='%%', timestampformat='%%', sample_size=-1)", list, truthy(option(relation, "multiline", "false")) ? "auto" : "newline_delimited");
  TRY(out.fields, described(session, out.from));
  if (json) std::ranges::sort(out.fields, {}, &Field::name);  // Spark infers in the order of names
  if (csv && !truthy(option(relation, "header", "false"))) {
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < out.fields.size(); ++i) {
      columns.push_back(engine::quote_identifier(out.fields[i].name) + fmt::format(" AS _c{}", i));
      out.fields[i].name = fmt::format("_c{}", i);
    }
    out.from = "(SELECT " + text::join(columns, ", ") + " FROM " + out.from + ")";
  }
  // CSV's inferred types are Spark's: whole numbers that fit are int; times are timestamps.
  if (csv && relation.schema.empty())
    for (auto& field : out.fields)
      if (field.type.is(TypeKind::timestamp_ntz)) field.type = {TypeKind::timestamp};
  if (!relation.schema.empty()) return with_schema(std::move(out), relation.schema, csv);
  return out;
}

}  // namespace axonite::spark
