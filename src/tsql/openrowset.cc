#include <fmt/format.h>

#include <algorithm>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "tsql/binder.h"
#include "tsql/convert.h"
#include "tsql/failure.h"
#include "tsql/files.h"

namespace axonite::tsql {
namespace {

bool is_true(std::string_view text) { return text::equals_ignoring_case(text, "true"); }

Result<void> apply_option(FileSource& file, const std::string& name, const std::string& value, int line) {
  if (name == "BULK") file.url = value;
  else if (name == "FORMAT") file.format = text::to_upper(value);
  else if (name == "FIELDTERMINATOR") file.field_terminator = value;
  else if (name == "ROWTERMINATOR") return check_row_terminator(value, line);
  else if (name == "CODEPAGE") return check_encoding(value, line);
  else if (name == "FIELDQUOTE") file.quote = value;
  else if (name == "HEADER_ROW") file.header = is_true(value);
  else if (name == "FIRSTROW") {
    file.first_row = text::parse_int<int>(value).value_or(0);
    if (file.first_row < 1) return std::unexpected(failure(102, "FIRSTROW must be a number from 1.", line));
  } else if (name == "DATA_COMPRESSION" && text::to_lower(value).find("gzip") != std::string::npos) file.compression = "gzip";
  else if (name == "DATA_SOURCE" || (name == "PARSER_VERSION" && (value == "1.0" || value == "2.0"))) return ok();
  else return std::unexpected(not_supported("OPENROWSET option " + name, line));
  return ok();
}

Result<std::string> with_data_source(State& state, std::string url, const std::string& source, int line) {
  if (source.empty()) return url;
  TRY(auto item, state.catalog->item("EXTERNAL DATA SOURCE", source));
  if (!item) return std::unexpected(failure(12703, fmt::format("Referenced external data source \"{}\" not found.", source), line));
  TRY(auto options, json::parse(*item));
  std::string base = json::string_or(options, "LOCATION");
  if (!base.ends_with('/') && !url.starts_with('/')) base += '/';
  return base + url;
}

// What a wildcard of the URL stood for: a regular expression with a group for each.
std::string wildcard_regex(const std::string& lake) {
  std::string regex;
  for (std::size_t i = 0; i < lake.size(); ++i) {
    if (lake.compare(i, 2, "**") == 0) {
      regex += "(.*)";
      ++i;
    } else if (lake[i] == '*') {
      regex += "([^/]*)";
    } else {
      if (std::string_view(".+?()|[]{}^$\\").find(lake[i]) != std::string_view::npos) regex += '\\';
      regex += lake[i];
    }
  }
  return regex;
}

struct FileColumn {
  std::string name;
  Type type;
  std::string sql;
};

Result<std::vector<FileColumn>> declared_columns(Binder& binder, const TableReference& table, const FileScan& scan, const FileSource& file) {
  std::vector<FileColumn> columns;
  for (std::size_t i = 0; i < table.schema.size(); ++i) {
    const SchemaColumn& wanted = table.schema[i];
    TRY(Type type, binder.type(wanted.type, table.line));
    const engine::Column* found = nullptr;
    if (auto ordinal = text::parse_int<std::size_t>(wanted.path); ordinal && *ordinal >= 1 && *ordinal <= scan.columns.size()) {
      found = &scan.columns[*ordinal - 1];
    } else {
      for (const engine::Column& column : scan.columns)
        if (!found && text::equals_ignoring_case(column.name, wanted.name)) found = &column;
      if (!found && file.format == "CSV" && !file.header && i < scan.columns.size()) found = &scan.columns[i];
    }
    Bound value{.sql = found ? engine::quote_identifier(found->name) : "NULL", .type = found ? type_of_engine(found->type) : Type{}, .null_literal = !found};
    TRY(value, convert(std::move(value), type, Conversion::explicit_, {}, {}, table.line));
    type.binary_collation = wanted.binary_collation && is_string(type.id);
    columns.push_back({wanted.name, type, value.sql});
  }
  return columns;
}

std::vector<FileColumn> found_columns(const FileScan& scan, const FileSource& file) {
  std::vector<FileColumn> columns;
  for (const engine::Column& column : scan.columns) {
    Type type = type_of_engine(column.type);
    std::string name = file.format == "CSV" && !file.header ? fmt::format("C{}", columns.size() + 1) : column.name;
    columns.push_back({name, type, fmt::format("CAST({} AS {})", engine::quote_identifier(column.name), engine_type_text(type))});
  }
  return columns;
}

}  // namespace

Result<std::string> Binder::openrowset(const TableReference& table, Scope& scope) {
  FileSource file;
  std::string source_name;
  for (const auto& [name, value] : table.options) {
    TRY(Bound bound, standalone(*value));
    std::string text = bound.literal_text.empty() ? bound.sql : bound.literal_text;
    if (name == "DATA_SOURCE") source_name = text;
    CHECK_OK(apply_option(file, name, text, table.line));
  }
  if (file.format != "PARQUET" && file.format != "CSV" && file.format != "DELTA")
    return std::unexpected(failure(15869, "OPENROWSET BULK needs FORMAT = 'PARQUET', 'CSV' or 'DELTA'.", table.line));
  TRY(file.url, with_data_source(state_, file.url, source_name, table.line));
  TRY(FileScan scan, scan_files(state_, file, table.line));
  std::vector<FileColumn> columns;
  if (table.schema.empty()) columns = found_columns(scan, file);
  else {
    TRY(columns, declared_columns(*this, table, scan, file));
  }
  TRY(std::string lake, lake_url(file.url, table.line));
  Source source{.alias = table.alias, .schema = wildcard_regex(lake), .emitted = fresh("s"), .files = true};
  std::vector<std::string> items;
  for (const FileColumn& column : columns) {
    SourceColumn entry{.name = column.name};
    std::string sql_name = fresh("f");
    items.push_back(fmt::format("{} AS \"{}\"", column.sql, sql_name));
    entry.value = {.sql = fmt::format("\"{}\".\"{}\"", source.emitted, sql_name), .type = column.type, .origins = {{file.url, column.name}}};
    source.columns.push_back(std::move(entry));
  }
  inputs_.insert(file.url);
  bool has_filename = file.format != "DELTA";
  std::string sql = fmt::format("(SELECT {}{} FROM {}) AS \"{}\"", text::join(items, ", "), has_filename ? ", \"filename\"" : "", scan.sql, source.emitted);
  source.files = has_filename;
  CHECK_OK(add_source(std::move(source), scope, table.line));
  return sql;
}

// An external table is OPENROWSET with a schema, its place taken from the catalog.
Result<std::string> Binder::external_table(const Object& object, Source source, Scope& scope) {
  TRY(auto options, json::parse(object.definition));
  TRY(auto format_item, state_.catalog->item("EXTERNAL FILE FORMAT", json::string_or(options, "FILE_FORMAT")));
  if (!format_item) return std::unexpected(failure(12703, fmt::format("Referenced external file format \"{}\" not found.", json::string_or(options, "FILE_FORMAT"))));
  TRY(FileSource file, file_format(*format_item, 0));
  TRY(file.url, with_data_source(state_, json::string_or(options, "LOCATION"), json::string_or(options, "DATA_SOURCE"), 0));
  TRY(FileScan scan, scan_files(state_, file, 0));
  std::vector<std::string> items;
  for (std::size_t i = 0; i < object.columns.size(); ++i) {
    const engine::Column* found = file.format == "CSV" && i < scan.columns.size() ? &scan.columns[i] : nullptr;
    for (const engine::Column& column : scan.columns)
      if (!found && text::equals_ignoring_case(column.name, object.columns[i].name)) found = &column;
    if (!found) return std::unexpected(failure(207, fmt::format("Invalid column name '{}'.", object.columns[i].name)));
    Bound value{.sql = engine::quote_identifier(found->name), .type = type_of_engine(found->type)};
    TRY(value, convert(std::move(value), object.columns[i].type, Conversion::explicit_));
    items.push_back(fmt::format("{} AS {}", value.sql, engine::quote_identifier(object.columns[i].name)));
  }
  inputs_.insert(object.qualified());
  std::string sql = fmt::format("(SELECT {} FROM {}) AS \"{}\"", text::join(items, ", "), scan.sql, source.emitted);
  CHECK_OK(add_source(std::move(source), scope, 0));
  return sql;
}

}  // namespace axonite::tsql
