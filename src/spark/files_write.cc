#include <fmt/format.h>

#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "delta/engine_path.h"
#include "delta/table.h"
#include "spark/errors.h"
#include "spark/files.h"

namespace axonite::spark {
namespace {

constexpr std::size_t kPartitionsMax = 10'000;
// Hive's escaping of values in folder names (ExternalCatalogUtils.escapePathName).
std::string escaped(const std::string& value) {
  std::string out;
  for (unsigned char c : value)
    if (c < 0x20 || std::string_view("\"#%'*/:=?\\{[]^").find(static_cast<char>(c)) != std::string_view::npos) out += fmt::format("%{:02X}", c);
    else out += static_cast<char>(c);
  return out;
}

struct Partition {
  std::string folder, condition;
};

Result<std::vector<Partition>> partitions_of(engine::Session& session, const std::string& statement, const std::vector<std::string>& names) {
  if (names.empty()) return std::vector<Partition>{{}};
  std::vector<std::string> columns;
  for (auto& name : names) columns.push_back("CAST(" + engine::quote_identifier(name) + " AS VARCHAR)");
  auto rows = session.query(fmt::format("SELECT DISTINCT {} FROM ({}) LIMIT {}", text::join(columns, ", "), statement, kPartitionsMax + 1));
  if (!rows) return std::unexpected(translated(rows.error()));
  std::vector<Partition> out;
  while (true) {
    auto more = (*rows)->next();
    if (!more) return std::unexpected(translated(more.error()));
    if (!*more) break;
    for (std::size_t row = 0; row < (*rows)->size(); ++row) {
      Partition one;
      for (std::size_t i = 0; i < names.size(); ++i) {
        auto value = (*rows)->value(i, row);
        auto* text = std::get_if<std::string>(&value);
        one.folder += names[i] + "=" + (text && !text->empty() ? escaped(*text) : "__HIVE_DEFAULT_PARTITION__") + "/";
        one.condition += fmt::format("{}{} IS NOT DISTINCT FROM {}", i ? " AND " : " WHERE ", columns[i], text ? engine::quote_literal(*text) : "NULL");
      }
      out.push_back(std::move(one));
    }
  }
  if (out.size() > kPartitionsMax) return std::unexpected(unsupported_feature("a write of more than 10000 partitions"));
  return out;
}

std::string copy_options(const FileWrite& write) {
  auto option = [&](const std::string& key, std::string fallback) {
    auto at = write.options.find(key);
    return at == write.options.end() ? fallback : at->second;
  };
  if (write.format == "parquet") return fmt::format("FORMAT parquet, COMPRESSION {}", option("compression", "snappy") == "none" ? "uncompressed" : option("compression", "snappy"));
  if (write.format == "json") return "FORMAT json";
  return fmt::format("FORMAT csv, HEADER {}, DELIMITER {}, NULLSTR {}", text::equals_ignoring_case(option("header", "false"), "true"), engine::quote_literal(option("sep", option("delimiter", ","))), engine::quote_literal(option("nullvalue", "")));
}

Result<bool> write_delta(engine::Session& session, lake::View& view, Clock& clock, const std::string& statement, const lake::Location& location, const FileWrite& write) {
  delta::WriteOptions options{.partition_by = write.partition_by};
  auto is_true = [&](const char* key) { return write.options.contains(key) && text::equals_ignoring_case(write.options.at(key), "true"); };
  options.overwrite_schema = is_true("overwriteschema");
  options.merge_schema = is_true("mergeschema");
  if (write.options.contains("replacewhere")) return std::unexpected(unsupported_feature("replaceWhere"));
  switch (write.mode) {
    case SaveMode::append: options.mode = delta::WriteMode::append; break;
    case SaveMode::overwrite: options.mode = delta::WriteMode::overwrite; break;
    case SaveMode::error_if_exists: options.mode = delta::WriteMode::error_if_exists; break;
    case SaveMode::ignore: options.mode = delta::WriteMode::ignore; break;
  }
  auto written = delta::write(session, view, location, statement, options, clock);
  if (written) return written->version >= 0;
  if (written.error().code == "DeltaTableExists")
    return std::unexpected(condition(Error::Kind::conflict, "DELTA_PATH_EXISTS", "42K04", fmt::format("Cannot write to already existent path {} without setting OVERWRITE = 'true'.", write.path), {{"path", write.path}}));
  if (written.error().code == "DeltaSchemaMismatch") return std::unexpected(condition(Error::Kind::invalid, "DELTA_METADATA_MISMATCH", "42KDG", written.error().message));
  return std::unexpected(translated(written.error()));
}

}  // namespace

Result<bool> write_files(engine::Session& session, lake::View& view, Clock& clock, const Analyzed& analyzed, const FileWrite& write) {
  auto parsed = lake::Location::parse(write.path);
  if (!parsed) return std::unexpected(condition(Error::Kind::invalid, "PATH_NOT_FOUND", "42K03", "Paths of storage accounts are wanted, not " + write.path + ".", {{"path", write.path}}));
  auto location = *parsed;
  while (location.path.ends_with('/')) location.path.pop_back();
  std::vector<std::string> data;
  for (auto& name : write.partition_by)
    if (std::ranges::none_of(analyzed.output, [&](auto& a) { return text::equals_ignoring_case(a.name, name); })) return std::unexpected(unresolved_column(name, {}));
  for (auto& attribute : analyzed.output) {
    if (attribute.type.is(TypeKind::null) && write.format == "parquet") return std::unexpected(condition(Error::Kind::invalid, "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE", "0A000", fmt::format("The Parquet datasource doesn't support the column `{}` of the type \"VOID\".", attribute.name)));
    bool partition = std::ranges::any_of(write.partition_by, [&](auto& name) { return text::equals_ignoring_case(name, attribute.name); });
    if (!partition) data.push_back(engine::quote_identifier(attribute.name));
  }
  auto statement = Analyzer::statement(analyzed);
  if (write.format == "delta") return write_delta(session, view, clock, statement, location, write);
  if (write.format != "parquet" && write.format != "csv" && write.format != "json")
    return std::unexpected(condition(Error::Kind::unsupported, "DATA_SOURCE_NOT_FOUND", "42K02", "Failed to find the data source: " + write.format + ".", {{"provider", write.format}}));
  auto there = location.path.empty() ? Result<lake::Entry>(lake::Entry{.is_directory = true}) : view.stat(location);
  if (!there && there.error().kind != Error::Kind::not_found) return std::unexpected(translated(there.error()));
  if (there && write.mode == SaveMode::ignore) return false;
  if (there && write.mode == SaveMode::error_if_exists)
    return std::unexpected(condition(Error::Kind::conflict, "PATH_ALREADY_EXISTS", "42K04", fmt::format("Path {} already exists. Set mode as \"overwrite\" to overwrite the existing path.", write.path), {{"outputPath", write.path}}));
  std::vector<lake::Entry> old;
  if (there && write.mode == SaveMode::overwrite) {
    auto listed = view.list(location, true);
    if (!listed) return std::unexpected(translated(listed.error()));
    old = std::move(*listed);
  }
  TRY(auto partitions, partitions_of(session, statement, write.partition_by));
  auto job = new_uuid();
  std::size_t part = 0;
  for (auto& partition : partitions) {
    auto extension = write.format == "parquet" ? "snappy.parquet" : write.format;
    auto target = delta::engine_path(location) + "/" + partition.folder + fmt::format("part-{:05}-{}-c000.{}", part++, job, extension);
    auto copied = session.execute(fmt::format("COPY (SELECT {} FROM ({}){}) TO {} ({})", text::join(data, ", "), statement, partition.condition, engine::quote_literal(target), copy_options(write)));
    if (!copied) return std::unexpected(translated(copied.error()));
  }
  for (auto& entry : old)
    if (!entry.is_directory)
      if (auto removed = view.remove(entry.location, false); !removed) return std::unexpected(translated(removed.error()));
  auto marker = location;
  marker.path += marker.path.empty() ? "_SUCCESS" : "/_SUCCESS";
  auto writer = view.create(marker);
  if (!writer) return std::unexpected(translated(writer.error()));
  if (auto done = (*writer)->commit(); !done) return std::unexpected(translated(done.error()));
  return true;
}

}  // namespace axonite::spark
