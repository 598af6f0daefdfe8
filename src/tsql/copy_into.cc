// COPY INTO: files of the lake into a table, in one transaction, under the rights of options.lake_caller.
#include <fmt/format.h>

#include "base/text.h"
#include "tsql/convert.h"
#include "tsql/failure.h"
#include "tsql/files.h"
#include "tsql/interpreter.h"

namespace axonite::tsql {
namespace {

Result<void> check_credential(const CopyIntoStatement::Setting& setting) {
  std::string identity;
  for (const auto& [name, value] : setting.members)
    if (name == "IDENTITY") identity = value;
  if (text::equals_ignoring_case(identity, "Managed Identity")) return ok();
  // Keys and signatures would be a second way to rights the lake gives by identity.
  return std::unexpected(not_supported("COPY INTO with CREDENTIAL IDENTITY = '" + identity + "'", setting.line));
}

Result<FileSource> source_of(const CopyIntoStatement& statement, int line) {
  FileSource file{.format = "CSV", .quote = "\""};
  for (const auto& setting : statement.settings) {
    const std::string& name = setting.name;
    auto positive = [&]() -> Result<int> {
      auto number = text::parse_int<int>(setting.value);
      if (!number || *number < 0) return std::unexpected(failure(102, fmt::format("Incorrect syntax near '{}'.", setting.value), setting.line));
      return *number;
    };
    if (name == "FILE_TYPE") file.format = text::to_upper(setting.value);
    else if (name == "CREDENTIAL") CHECK_OK(check_credential(setting));
    else if (name == "FIELDTERMINATOR") file.field_terminator = setting.value;
    else if (name == "ROWTERMINATOR") CHECK_OK(check_row_terminator(setting.value, setting.line));
    else if (name == "FIELDQUOTE") file.quote = setting.value;
    else if (name == "FIRSTROW") {
      TRY(file.first_row, positive());
    } else if (name == "MAXERRORS") {
      TRY(int most, positive());
      if (most > 0) return std::unexpected(not_supported("COPY INTO with MAXERRORS above 0", setting.line));
    } else if (name == "DATEFORMAT") {
      if (!text::equals_ignoring_case(setting.value, "ymd") && !text::equals_ignoring_case(setting.value, "mdy")) return std::unexpected(not_supported("COPY INTO with DATEFORMAT = '" + setting.value + "'", setting.line));
    } else if (name == "ENCODING") {
      CHECK_OK(check_encoding(setting.value, setting.line));
    } else if (name == "COMPRESSION") {
      file.compression = text::to_lower(setting.value);
      if (file.compression != "none" && file.compression != "gzip" && file.compression != "snappy") return std::unexpected(not_supported("COPY INTO with COMPRESSION = '" + setting.value + "'", setting.line));
    } else if (name == "IDENTITY_INSERT" && text::equals_ignoring_case(setting.value, "OFF")) {
    } else {
      return std::unexpected(not_supported("COPY INTO with " + name, setting.line));
    }
  }
  if (file.format != "CSV" && file.format != "PARQUET") return std::unexpected(not_supported("COPY INTO with FILE_TYPE = '" + file.format + "'", line));
  if (file.format == "CSV" && file.compression == "snappy") return std::unexpected(not_supported("COPY INTO of CSV with COMPRESSION = 'SNAPPY'", line));
  return file;
}

// A folder with a Delta log holds files of old versions too: reading it as Parquet would give rows twice.
Result<void> refuse_delta(State& state, const std::string& url, int line) {
  TRY(std::string path, lake_url(url, line));
  auto slash = path.find_first_of("*?[");
  std::string folder = slash == std::string::npos ? path : path.substr(0, path.rfind('/', slash));
  while (folder.ends_with('/')) folder.pop_back();
  auto rows = state.engine->query(fmt::format("SELECT 1 FROM glob({}) LIMIT 1", engine::quote_literal(folder + "/_delta_log/*")));
  if (!rows) return ok();
  auto any = (*rows)->next();
  if (!any || !*any || (*rows)->size() == 0) return ok();
  return std::unexpected(failure(104467, fmt::format("The path '{}' is a Delta table; COPY INTO does not support Delta. Export it as Parquet files, or read it with OPENROWSET(… FORMAT = 'DELTA').", url), line));
}

// Parquet types that the service does not bend: text into numbers and the other way round.
bool compatible(const Type& file, const Type& target) {
  if (is_string(target.id)) return true;
  if (is_string(file.id)) return false;
  return is_date_time(file.id) == is_date_time(target.id) && is_binary(file.id) == is_binary(target.id);
}

struct Mapping {
  const TableColumn* column;
  std::string default_sql;
  int field;  // 1-based
};

Result<std::vector<Mapping>> mappings(Binder& binder, const Object& object, const CopyIntoStatement& statement, int line) {
  std::vector<Mapping> list;
  if (statement.columns.empty()) {
    for (const TableColumn& column : object.columns)
      if (!column.identity) list.push_back({&column, "", static_cast<int>(list.size()) + 1});
    return list;
  }
  for (const auto& wanted : statement.columns) {
    const TableColumn* found = nullptr;
    for (const TableColumn& column : object.columns)
      if (text::equals_ignoring_case(column.name, wanted.name)) found = &column;
    if (!found) return std::unexpected(failure(207, fmt::format("Invalid column name '{}'.", wanted.name), line));
    Mapping mapping{found, "", wanted.field ? wanted.field : static_cast<int>(list.size()) + 1};
    if (wanted.default_value) {
      TRY(Bound value, binder.standalone(*wanted.default_value));
      TRY(value, convert(std::move(value), found->type, Conversion::assignment, {}, found->name, line));
      mapping.default_sql = value.sql;
    }
    list.push_back(std::move(mapping));
  }
  return list;
}

Result<std::string> item_sql(const Mapping& mapping, const FileScan& scan, const FileSource& file, int line) {
  const TableColumn& column = *mapping.column;
  if (mapping.field < 1 || mapping.field > static_cast<int>(scan.columns.size()))
    return std::unexpected(failure(13815, fmt::format("Column '{}' has no field {} in '{}': its files have {} columns.", column.name, mapping.field, file.url, scan.columns.size()), line));
  const engine::Column& field = scan.columns[static_cast<std::size_t>(mapping.field - 1)];
  Bound value{.sql = engine::quote_identifier(field.name), .type = type_of_engine(field.type)};
  if (file.format == "PARQUET" && !compatible(value.type, column.type))
    return std::unexpected(failure(106000, fmt::format("Column '{}' of '{}' has type {}, which cannot be loaded into column '{}' of type {}.", field.name, file.url, type_name(value.type), column.name, type_name(column.type)), line));
  // Empty fields of CSV are NULL, as are quoted empty ones of columns that are no strings.
  if (file.format == "CSV" && !is_string(column.type.id)) value.sql = fmt::format("nullif({}, '')", value.sql);
  TRY(value, convert(std::move(value), column.type, Conversion::assignment, {}, column.name, line));
  return mapping.default_sql.empty() ? value.sql : fmt::format("coalesce({}, {})", value.sql, mapping.default_sql);
}

}  // namespace

Result<void> Interpreter::copy_into(const CopyIntoStatement& statement, int line) {
  CHECK_OK(refuse_when_doomed(line));
  if (options_.personality == Personality::serverless) return std::unexpected(failure(15868, "COPY INTO is not supported in serverless pool.", line));
  Binder binder(state_);
  TRY(Object object, binder.object(statement.name, line, "INSERT"));
  if (object.kind != Object::Kind::table) return std::unexpected(failure(4405, fmt::format("View or external table '{}' is not updatable.", object.name), line));
  TRY(FileSource file, source_of(statement, line));
  TRY(auto list, mappings(binder, object, statement, line));
  std::vector<std::string> names;
  for (const Mapping& mapping : list) names.push_back(engine::quote_identifier(mapping.column->name));
  std::vector<std::string> inserts;
  Lineage report{.operation = "COPY INTO", .output = object.qualified()};
  for (const std::string& url : statement.urls) {
    file.url = url;
    if (file.format == "PARQUET") CHECK_OK(refuse_delta(state_, url, line));
    TRY(FileScan scan, scan_files(state_, file, line));
    if (statement.columns.empty() && scan.columns.size() != list.size())
      return std::unexpected(failure(13815, fmt::format("The files of '{}' have {} columns, table '{}' has {}.", url, scan.columns.size(), object.qualified(), list.size()), line));
    std::vector<std::string> items;
    for (const Mapping& mapping : list) {
      TRY(std::string item, item_sql(mapping, scan, file, line));
      items.push_back(std::move(item));
      report.columns.push_back({mapping.column->name, {{url, scan.columns[static_cast<std::size_t>(mapping.field - 1)].name}}, Derivation::identity});
    }
    report.inputs.insert(url);
    inserts.push_back(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}", object.sql_name(), text::join(names, ", "), text::join(items, ", "), scan.sql));
  }
  std::int64_t count = 0;
  CHECK_OK(atomically([&]() -> Result<void> {
    for (const std::string& sql : inserts) {
      TRY(auto copied, execute(sql));
      count += copied;
    }
    return lineage(report);
  }));
  return done(Command::insert, count);
}

}  // namespace axonite::tsql
