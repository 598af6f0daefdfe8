#include "tsql/files.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "tsql/failure.h"

namespace axonite::tsql {
namespace {

Error cannot_open(std::string_view url, std::string_view why, int line) {
  return failure(13807, fmt::format("Content of directory on path '{}' cannot be listed or the file cannot be opened. {}", url, why), line);
}

std::string unescaped(std::string_view text) {
  if (text == "\\t" || text::equals_ignoring_case(text, "0x09")) return "\t";
  if (text == "\\n" || text::equals_ignoring_case(text, "0x0a")) return "\n";
  if (text::starts_with_ignoring_case(text, "0x"))
    if (auto bytes = text::hex_decode(text.substr(2))) return *bytes;
  return std::string(text);
}

std::string scan_sql(const FileSource& source, const std::string& path) {
  using engine::quote_literal;
  if (source.format == "PARQUET") return fmt::format("read_parquet({}, filename = true, union_by_name = false, hive_partitioning = false)", quote_literal(path));
  std::string sql = fmt::format("read_csv({}, all_varchar = true, filename = true, hive_partitioning = false, strict_mode = true, null_padding = false, header = {}, delim = {}, quote = {}, escape = {}",
                                quote_literal(path), source.header ? "true" : "false", quote_literal(unescaped(source.field_terminator)),
                                quote_literal(source.quote), quote_literal(source.quote));
  int skip = source.first_row - 1 - (source.header ? 1 : 0);
  if (source.header && source.first_row <= 1) skip = 0;
  sql += fmt::format(", skip = {}", std::max(0, skip));
  if (!source.compression.empty()) sql += fmt::format(", compression = {}", quote_literal(source.compression));
  return sql + ")";
}

}  // namespace

Result<void> check_row_terminator(std::string_view terminator, int line) {
  for (std::string_view known : {"", "\n", "\\n", "\r\n", "\\r\\n", "0x0a", "0x0d0a"})
    if (text::equals_ignoring_case(terminator, known)) return ok();
  return std::unexpected(not_supported(fmt::format("ROWTERMINATOR = '{}'", terminator), line));
}

Result<void> check_encoding(std::string_view encoding, int line) {
  for (std::string_view known : {"", "UTF8", "UTF-8", "65001"})
    if (text::equals_ignoring_case(encoding, known)) return ok();
  return std::unexpected(not_supported(fmt::format("ENCODING = '{}'", encoding), line));
}

Result<FileSource> file_format(std::string_view options, int line) {
  TRY(auto parsed, json::parse(options));
  FileSource file{.quote = ""};
  for (const auto& member : parsed.as_object()) {
    std::string_view name = member.key();
    std::string value = json::string_or(parsed, name);
    if (name == "FORMAT_TYPE") file.format = text::equals_ignoring_case(value, "DELIMITEDTEXT") ? "CSV" : text::to_upper(value);
    else if (name == "FIELD_TERMINATOR") file.field_terminator = value;
    else if (name == "STRING_DELIMITER") file.quote = value;
    else if (name == "FIRST_ROW") file.first_row = text::parse_int<int>(value).value_or(0);
    else if (name == "ENCODING") CHECK_OK(check_encoding(value, line));
    else if (name == "DATA_COMPRESSION" && text::to_lower(value).find("gzip") != std::string::npos) file.compression = "gzip";
    else if (name == "DATA_COMPRESSION" && text::to_lower(value).find("snappy") != std::string::npos) file.compression = "snappy";
    else if (name == "USE_TYPE_DEFAULT" && text::equals_ignoring_case(value, "FALSE")) continue;
    else if (name == "PARSER_VERSION" && (value == "1.0" || value == "2.0")) continue;
    else return std::unexpected(not_supported(fmt::format("EXTERNAL FILE FORMAT option {} = {}", name, value), line));
  }
  if (file.format != "PARQUET" && file.format != "CSV" && file.format != "DELTA") return std::unexpected(not_supported("FORMAT_TYPE = " + file.format, line));
  if (file.format == "CSV" && file.compression == "snappy") return std::unexpected(not_supported("DELIMITEDTEXT with Snappy", line));
  if (file.first_row < 1) return std::unexpected(failure(102, "FIRST_ROW must be a number from 1.", line));
  return file;
}

Result<std::string> lake_url(std::string_view url, int line) {
  auto location = lake::Location::parse(url);
  if (!location) return std::unexpected(failure(13807, fmt::format("The location '{}' is not valid. Use https://<account>.dfs.core.windows.net/<container>/<path> or its blob form.", url), line));
  return fmt::format("lake://{}/{}/{}", location->account, location->filesystem, location->path);
}

Result<FileScan> scan_files(State& state, const FileSource& source, int line) {
  TRY(std::string path, lake_url(source.url, line));
  FileScan scan;
  if (source.format == "DELTA") {
    if (!state.options->delta_scan) return std::unexpected(not_supported("FORMAT = 'DELTA' on this server", line));
    auto sql = state.options->delta_scan(*state.engine, path);
    if (!sql) return std::unexpected(with_line(std::move(sql.error()), line));
    scan.sql = *sql;
  } else {
    // A folder stands for all files in it.
    if (path.ends_with('/')) path += "**";
    scan.sql = scan_sql(source, path);
  }
  auto columns = state.engine->describe("SELECT * FROM " + scan.sql);
  if (!columns && path.find('*') == std::string::npos && source.format != "DELTA") {
    std::string folder = scan_sql(source, path + "/**");
    if (auto again = state.engine->describe("SELECT * FROM " + folder)) {
      columns = std::move(again);
      scan.sql = folder;
    }
  }
  if (!columns) return std::unexpected(cannot_open(source.url, columns.error().message, line));
  for (engine::Column& column : *columns)
    if (column.name != "filename") scan.columns.push_back(std::move(column));
  return scan;
}

Type type_of_engine(const engine::Type& type) {
  using E = engine::TypeId;
  switch (type.id) {
    case E::boolean: return {.id = TypeId::bit};
    case E::utinyint: return {.id = TypeId::tinyint};
    case E::tinyint: case E::smallint: return {.id = TypeId::smallint};
    case E::usmallint: case E::integer: return {.id = TypeId::int_};
    case E::uinteger: case E::bigint: return {.id = TypeId::bigint};
    case E::ubigint: return {.id = TypeId::decimal, .precision = 20};
    case E::hugeint: return {.id = TypeId::decimal, .precision = 38};
    case E::float_: return {.id = TypeId::real};
    case E::double_: return {.id = TypeId::float_};
    case E::decimal: return {.id = TypeId::decimal, .precision = type.precision, .scale = type.scale};
    case E::blob: return {.id = TypeId::varbinary, .length = 8000};
    case E::date: return {.id = TypeId::date};
    case E::time: return {.id = TypeId::time, .scale = 7};
    case E::timestamp: case E::timestamp_tz: return {.id = TypeId::datetime2, .scale = 7};
    case E::uuid: return {.id = TypeId::uniqueidentifier};
    default: return {.id = TypeId::varchar, .length = 8000};
  }
}

}  // namespace axonite::tsql
