#include <boost/json.hpp>

#include <algorithm>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "delta/checkpoint.h"
#include "delta/engine_path.h"
#include "delta/stats.h"
#include "delta/table.h"

namespace axonite::delta {
namespace {

constexpr std::int64_t kCheckpointInterval = 10;  // delta.checkpointInterval's own default

// What the query gives, as Delta types.
Result<Schema> schema_of(engine::Session& session, std::string_view select) {
  TRY(auto rows, session.query("DESCRIBE " + std::string(select)));
  Schema schema;
  while (true) {
    TRY(bool more, rows->next());
    if (!more) return schema;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      TRY(DataType type, from_duckdb_type(std::get<std::string>(rows->value(1, row))));
      schema.fields.push_back({std::get<std::string>(rows->value(0, row)), std::move(type), true, "{}"});
    }
  }
}

Error mismatch(std::string why) {
  return invalid("DeltaSchemaMismatch", "A schema mismatch was detected when writing to the Delta table: " + std::move(why));
}

// The table's schema after the write: the old columns, and with merge_schema the new ones.
Result<Schema> merged_schema(const Schema& table, const Schema& given, bool merge) {
  Schema result = table;
  for (const Field& field : given.fields) {
    if (table.find(field.name)) continue;
    if (!merge) return std::unexpected(mismatch("the column '" + field.name + "' is not in the table. Set mergeSchema to add it, or overwriteSchema to replace the schema."));
    result.fields.push_back(field);
  }
  return result;
}

// `select` with the columns of `schema` in order, cast to their types; those it lacks are null.
std::string shaped_select(std::string_view select, const Schema& schema, const Schema& given) {
  std::string columns;
  for (const Field& field : schema.fields) {
    const Field* source = given.find(field.name);
    std::string value = source ? "q." + engine::quote_identifier(source->name) : "NULL";
    columns += (columns.empty() ? "" : ", ") + ("CAST(" + value + " AS " + duckdb_type(field.type) + ") AS ") + engine::quote_identifier(field.name);
  }
  return "SELECT " + columns + " FROM (" + std::string(select) + ") AS q";
}

struct DataFiles {
  std::vector<Action> adds;
  Written totals;
};

PartitionValues partition_values_of(const json::Value& keys, const std::vector<std::string>& columns) {
  PartitionValues values;
  for (const std::string& column : columns) {
    const json::Value* found = json::find(keys, column);
    std::string text = found && found->is_string() ? std::string(found->get_string()) : std::string();
    bool null = !found || found->is_null() || text == "NULL" || text == "__HIVE_DEFAULT_PARTITION__";
    values[column] = null ? std::nullopt : std::optional(text);
  }
  return values;
}

// One row of COPY … RETURN_STATS: filename, count, file_size_bytes, footer_size_bytes, column_statistics, partition_keys.
Result<Add> add_of(const engine::Rows& rows, std::size_t row, const std::string& root, const Schema& schema,
                   const std::vector<std::string>& partition_columns, Time now) {
  auto text = [&](std::size_t column) {
    engine::Value value = rows.value(column, row);
    if (auto* string = std::get_if<std::string>(&value)) return *string;
    if (auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
    return std::string();
  };
  std::string name = text(0);
  if (!name.starts_with(root + "/")) return std::unexpected(internal("COPY wrote " + name + " outside " + root));
  TRY(json::Value statistics, json::parse(text(4).empty() ? "{}" : text(4)));
  TRY(json::Value keys, json::parse(text(5).empty() ? "{}" : text(5)));
  std::int64_t count = text::parse_int<std::int64_t>(text(1)).value_or(0);
  return Add{.path = text::percent_encode(name.substr(root.size() + 1), "/=+,;@!$&'()*~"),
             .partition_values = partition_values_of(keys, partition_columns),
             .size = text::parse_int<std::int64_t>(text(2)).value_or(0),
             .modification_time = to_unix_nanoseconds(now) / 1'000'000,
             .stats = file_stats(schema, count, statistics)};
}

std::string copy_statement(const std::string& select, const std::string& root, const std::vector<std::string>& partition_columns) {
  if (partition_columns.empty())
    return "COPY (" + select + ") TO " + engine::quote_literal(root + "/part-00000-" + new_uuid() + "-c000.snappy.parquet") + " (FORMAT parquet, RETURN_STATS)";
  std::string columns;
  for (const std::string& column : partition_columns) columns += (columns.empty() ? "" : ", ") + engine::quote_identifier(column);
  return "COPY (" + select + ") TO " + engine::quote_literal(root) + " (FORMAT parquet, RETURN_STATS, APPEND, FILENAME_PATTERN 'part-{uuid}', PARTITION_BY (" + columns + "))";
}

Result<DataFiles> write_files(engine::Session& session, const Log& log, const std::string& select, const Schema& schema,
                              const std::vector<std::string>& partition_columns, Time now) {
  DataFiles files;
  std::string root = engine_path(log.table());
  TRY(auto rows, session.query(copy_statement(select, root, partition_columns)));
  while (true) {
    TRY(bool more, rows->next());
    if (!more) return files;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      TRY(Add add, add_of(*rows, row, root, schema, partition_columns, now));
      engine::Value count = rows->value(1, row);
      files.totals.rows += std::holds_alternative<std::int64_t>(count) ? std::get<std::int64_t>(count)
                           : text::parse_int<std::int64_t>(std::get<std::string>(count)).value_or(0);
      files.totals.bytes += add.size;
      ++files.totals.files;
      files.adds.emplace_back(std::move(add));
    }
  }
}

// NTZ timestamps need the table feature; everything else fits the oldest protocol.
bool uses_ntz(const DataType& type) {
  if (type.kind == DataType::Kind::timestamp_ntz) return true;
  if (type.element && uses_ntz(*type.element)) return true;
  if (type.key && uses_ntz(*type.key)) return true;
  return std::ranges::any_of(type.fields, [](const Field& field) { return uses_ntz(field.type); });
}

Protocol protocol_for(const Schema& schema) {
  if (std::ranges::none_of(schema.fields, [](const Field& field) { return uses_ntz(field.type); })) return {};
  return {.min_reader_version = 3, .min_writer_version = 7, .reader_features = {"timestampNtz"}, .writer_features = {"appendOnly", "timestampNtz"}};
}

std::vector<Action> removals(const Snapshot& snapshot, Time now) {
  std::vector<Action> actions;
  for (const Add& add : snapshot.files)
    actions.emplace_back(Remove{.path = add.path, .deletion_timestamp = to_unix_nanoseconds(now) / 1'000'000, .extended_file_metadata = true,
                                .partition_values = add.partition_values, .size = add.size, .deletion_vector = add.deletion_vector});
  return actions;
}

std::string_view mode_name(WriteMode mode) {
  switch (mode) {
    case WriteMode::append: return "Append";
    case WriteMode::overwrite: return "Overwrite";
    case WriteMode::error_if_exists: return "ErrorIfExists";
    case WriteMode::ignore: return "Ignore";
  }
  return "Append";
}

// What a write will do, decided before any file is written.
struct Plan {
  bool new_table = false;
  Schema schema;
  std::vector<std::string> partition_columns;
  std::vector<Action> head;  // protocol and metadata where they are new, removals
};

Result<Plan> plan_new(const Schema& given, const WriteOptions& options, Time now) {
  for (const std::string& column : options.partition_by)
    if (!given.find(column)) return std::unexpected(mismatch("the partition column '" + column + "' is not among the columns."));
  if (given.fields.size() <= options.partition_by.size()) return std::unexpected(mismatch("a table needs a column besides its partition columns."));
  Metadata metadata{.id = new_uuid(), .schema_string = write_schema(given), .partition_columns = options.partition_by, .created_time = to_unix_nanoseconds(now) / 1'000'000};
  return Plan{true, given, options.partition_by, {protocol_for(given), metadata}};
}

Result<Plan> plan_existing(const Snapshot& snapshot, const Schema& given, const WriteOptions& options, Time now) {
  CHECK_OK(check_writable(snapshot.protocol, snapshot.metadata));
  bool overwrite = options.mode == WriteMode::overwrite;
  if (overwrite && snapshot.metadata.configuration.contains("delta.appendOnly") && snapshot.metadata.configuration.at("delta.appendOnly") == "true")
    return std::unexpected(forbidden("DeltaAppendOnly", "The table only allows appends."));
  Plan plan{false, {}, snapshot.metadata.partition_columns, {}};
  if (overwrite && options.overwrite_schema) {
    plan.schema = given;
    plan.partition_columns = options.partition_by;
  } else {
    if (!options.partition_by.empty() && options.partition_by != snapshot.metadata.partition_columns)
      return std::unexpected(mismatch("the partition columns are not those of the table."));
    TRY(plan.schema, merged_schema(snapshot.schema, given, options.merge_schema));
  }
  std::string schema_string = write_schema(plan.schema);
  if (schema_string != write_schema(snapshot.schema) || plan.partition_columns != snapshot.metadata.partition_columns) {
    Metadata metadata = snapshot.metadata;
    metadata.schema_string = schema_string;
    metadata.partition_columns = plan.partition_columns;
    plan.head.emplace_back(std::move(metadata));
  }
  if (overwrite)
    for (Action& removal : removals(snapshot, now)) plan.head.push_back(std::move(removal));
  return plan;
}

Transaction transaction_of(Plan plan, DataFiles files, const WriteOptions& options, std::int64_t read_version) {
  json::Array partition_by;
  for (const std::string& column : plan.partition_columns) partition_by.emplace_back(column);
  Transaction transaction{.read_version = read_version,
                          .blind_append = plan.head.empty(),
                          .actions = std::move(plan.head),
                          .operation = "WRITE",
                          .operation_parameters = json::write(json::Object{{"mode", mode_name(options.mode)}, {"partitionBy", json::write(partition_by)}})};
  if (!options.application.empty()) transaction.actions.emplace_back(Txn{options.application, options.application_version, std::nullopt});
  for (Action& add : files.adds) transaction.actions.push_back(std::move(add));
  return transaction;
}

bool already_written(const Snapshot& snapshot, const WriteOptions& options) {
  auto found = snapshot.transactions.find(options.application);
  return !options.application.empty() && found != snapshot.transactions.end() && found->second >= options.application_version;
}

}  // namespace

Result<Written> write(engine::Session& session, lake::View& view, const lake::Location& table, std::string_view select,
                      const WriteOptions& options, Clock& clock) {
  Log log(view, table);
  auto snapshot = load_snapshot(log, session);
  bool exists = snapshot.has_value();
  if (!exists && snapshot.error().code != "DeltaTableNotFound") return std::unexpected(std::move(snapshot.error()));
  if (exists && options.mode == WriteMode::error_if_exists) return std::unexpected(conflict("DeltaTableExists", "The Delta table " + table.abfss() + " already exists."));
  if (exists && (options.mode == WriteMode::ignore || already_written(*snapshot, options))) return Written{};
  TRY(Schema given, schema_of(session, select));
  Time now = clock.now();
  TRY(Plan plan, exists ? plan_existing(*snapshot, given, options, now) : plan_new(given, options, now));
  TRY(DataFiles files, write_files(session, log, shaped_select(select, plan.schema, given), plan.schema, plan.partition_columns, now));
  Written written = files.totals;
  TRY(Committed committed, commit(log, transaction_of(std::move(plan), std::move(files), options, exists ? snapshot->version : -1), clock));
  written.version = committed.version;
  // A checkpoint only makes later reads faster; failing to write one loses nothing.
  if (committed.version > 0 && committed.version % kCheckpointInterval == 0) (void)write_checkpoint(log, session, committed.version);
  return written;
}

}  // namespace axonite::delta
