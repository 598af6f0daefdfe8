#include <algorithm>
#include <boost/json.hpp>

#include "base/digest.h"
#include "base/text.h"
#include "catalog/datasets.h"
#include "catalog/path_pattern.h"
#include "catalog/scan/survey.h"

namespace axonite::catalog::scan {
namespace {

constexpr std::size_t kFilesMax = 200'000;
constexpr std::string_view kDeltaLog = "/_delta_log/";

// What engines leave beside data: "_SUCCESS", "_committed_…", ".part.crc".
bool is_bookkeeping(std::string_view url) {
  std::string_view name = url.substr(url.rfind('/') + 1);
  return name.empty() || name[0] == '_' || name[0] == '.';
}

struct Group {
  std::string type, name, mark;
  std::vector<const File*> files;
  std::uint64_t bytes = 0;
  Time modified{};
};

std::string delta_root(std::string_view url) {
  std::size_t at = url.find(kDeltaLog);
  return at == std::string_view::npos ? "" : std::string(url.substr(0, at));
}

// Everything below a Delta table's folder is the table.
std::map<std::string, Group> group(const std::vector<File>& files) {
  std::map<std::string, Group> groups;
  std::set<std::string> tables;
  for (const File& file : files)
    if (std::string root = delta_root(file.url); !root.empty()) tables.insert(std::move(root));
  auto table_of = [&](std::string_view url) -> std::string {
    for (std::size_t slash = url.rfind('/'); slash != std::string_view::npos && slash > 8; slash = url.rfind('/', slash - 1))
      if (std::string folder(url.substr(0, slash)); tables.contains(folder)) return folder;
    return {};
  };
  for (const File& file : files) {
    std::string table = table_of(file.url);
    if (table.empty() && is_bookkeeping(file.url)) continue;
    Dataset dataset = table.empty() ? lake_dataset(file.url) : Dataset{"axonite_delta_table", table};
    if (dataset.type.empty()) continue;
    Group& one = groups[dataset.name];
    one.type = dataset.type == "axonite_delta_table" ? std::string(kLakeType) : dataset.type;
    one.name = dataset.name;
    one.files.push_back(&file);
    one.bytes += file.size;
    one.modified = std::max(one.modified, file.modified);
    one.mark += file.etag;
  }
  return groups;
}

// A folder has a schema of its own, and the schema its columns.
std::vector<Entity> schema_of(const Group& group, Sample& sample, Entity& asset, const Settings& settings, Survey& survey) {
  std::string schema_name = group.name + "#__tabular_schema";
  Entity schema = make_entity("tabular_schema", schema_name, "tabular_schema");
  std::vector<Entity> columns;
  bool any = false;
  for (std::size_t i = 0; i < sample.columns.size(); ++i) {
    Entity column = make_entity("column", schema_name + "//" + sample.columns[i].name, sample.columns[i].name);
    column.attributes["type"] = sample.columns[i].type;
    column.relationship_attributes["composeSchema"] = reference("tabular_schema", schema_name);
    any |= classify_column(column, sample.values[i], settings);
    columns.push_back(std::move(column));
  }
  survey.classified += any;
  roll_up(asset, columns);
  asset.relationship_attributes["tabular_schema"] = reference("tabular_schema", schema_name);
  std::vector<Entity> unit{std::move(schema)};
  for (Entity& column : columns) unit.push_back(std::move(column));
  return unit;
}

class LakeSurvey {
 public:
  LakeSurvey(Ports& ports, const Login& login, const Settings& settings, Survey& survey) : ports_(ports), login_(login), settings_(settings), survey_(survey) {}

  Result<void> add(Group& group) {
    if (!settings_.takes(group.name)) return ok();
    if (!survey_.add_found(settings_, group.type, group.name, text::hex_encode(digest::sha256(group.mark)).substr(0, 16))) return ok();
    Entity asset = make_entity(group.type, group.name, display_name(group.name));
    asset.attributes["modifiedTime"] = to_unix_nanoseconds(group.modified) / 1'000'000;
    asset.others["sourceDetails"] = json::Object{{"ScanResourceId", settings_.scan_id}};
    auto sample = look(group, asset);
    if (!sample) survey_.notes.push_back(group.name + ": " + sample.error().message);
    std::vector<Entity> unit;
    if (sample && !sample->columns.empty()) unit = schema_of(group, *sample, asset, settings_, survey_);
    unit.push_back(std::move(asset));
    survey_.units.push_back(std::move(unit));
    return ok();
  }

 private:
  // The last segment that is no pattern, as the service shows sets.
  static std::string display_name(std::string_view name) {
    auto parts = text::split(name, '/');
    while (parts.size() > 5 && parts.back().starts_with('{')) parts.pop_back();
    return std::string(parts.back());
  }

  Result<Sample> look(const Group& group, Entity& asset) {
    bool is_delta = std::ranges::any_of(group.files, [](const File* file) { return file->url.find(kDeltaLog) != std::string::npos; });
    if (is_delta) return look_at_delta(group, asset);
    if (group.type == kResourceSetType) {
      asset.attributes["partitionCount"] = group.files.size();
      asset.attributes["schemaCount"] = 1;
      asset.attributes["totalSizeBytes"] = group.bytes;
    } else {
      asset.attributes["isFile"] = true;
      asset.attributes["size"] = group.bytes;
      std::string_view rest = std::string_view(group.name).substr(8);
      asset.attributes["path"] = rest.substr(std::min(rest.find('/'), rest.size()));
    }
    return ports_.sample(login_, group.files.front()->url, kSampleRows);
  }

  Result<Sample> look_at_delta(const Group& group, Entity& asset) {
    TRY(DeltaTable table, ports_.delta(login_, group.name, kSampleRows));
    asset.attributes["isFile"] = false;
    asset.attributes["size"] = table.bytes;
    json::Array partitions;
    for (const std::string& column : table.partition_columns) partitions.emplace_back(column);
    asset.others["customAttributes"] = json::Object{{"format", "delta"}, {"deltaVersion", std::to_string(table.version)}, {"deltaRows", std::to_string(table.rows)},
                                                    {"deltaFiles", std::to_string(table.files)}, {"deltaPartitionColumns", json::write(json::Value(std::move(partitions)))}};
    return std::move(table.sample);
  }

  Ports& ports_;
  const Login& login_;
  const Settings& settings_;
  Survey& survey_;
};

}  // namespace

Result<Survey> survey_lake(Ports& ports, const Login& login, const json::Value& properties, const Settings& settings, std::stop_token stop) {
  std::string endpoint = text::to_lower(json::string_or(properties, "endpoint"));
  std::size_t host = endpoint.find("://") == std::string::npos ? 0 : endpoint.find("://") + 3;
  std::string account = endpoint.substr(host, endpoint.find('.', host) - host);
  if (account.empty()) return std::unexpected(invalid("DataSource_InvalidEndpoint", "The data source's endpoint '" + endpoint + "' names no storage account."));
  TRY(auto files, ports.files(login, account, kFilesMax));
  Survey survey;
  LakeSurvey lake(ports, login, settings, survey);
  auto groups = group(files);
  for (auto& [name, one] : groups) {
    if (stop.stop_requested()) return std::unexpected(cancelled("ScanCanceled", "The run was canceled."));
    CHECK_OK(lake.add(one));
  }
  return survey;
}

}  // namespace axonite::catalog::scan
