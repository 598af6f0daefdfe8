#include "delta/action_json.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace axonite::delta {
namespace {

using json::Object;
using json::Value;

constexpr std::size_t kCommitBytesMax = 512u << 20;
constexpr std::size_t kDepthMax = 64;

std::string text_of(const Value& value, std::string_view key) {
  const Value* found = json::find(value, key);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::optional<std::int64_t> integer_of(const Value& value, std::string_view key) {
  const Value* found = json::find(value, key);
  if (!found) return std::nullopt;
  if (found->is_int64()) return found->get_int64();
  if (found->is_double()) return static_cast<std::int64_t>(found->get_double());
  return std::nullopt;
}

bool bool_of(const Value& value, std::string_view key, bool fallback) {
  const Value* found = json::find(value, key);
  return found && found->is_bool() ? found->get_bool() : fallback;
}

std::string json_of(const Value& value, std::string_view key) {
  const Value* found = json::find(value, key);
  return found && !found->is_null() ? json::write(*found) : std::string();
}

std::vector<std::string> texts_of(const Value& value, std::string_view key) {
  std::vector<std::string> texts;
  const Value* found = json::find(value, key);
  if (found && found->is_array())
    for (const Value& item : found->get_array())
      if (item.is_string()) texts.emplace_back(item.get_string());
  return texts;
}

PartitionValues partition_values_of(const Value& value) {
  PartitionValues values;
  const Value* found = json::find(value, "partitionValues");
  if (!found || !found->is_object()) return values;
  for (const auto& member : found->get_object()) {
    std::optional<std::string> text;
    if (member.value().is_string()) text = std::string(member.value().get_string());
    values.emplace(member.key(), std::move(text));
  }
  return values;
}

std::optional<DeletionVector> deletion_vector_of(const Value& value) {
  const Value* found = json::find(value, "deletionVector");
  if (!found || !found->is_object()) return std::nullopt;
  DeletionVector vector{.storage_type = text_of(*found, "storageType"), .path_or_inline = text_of(*found, "pathOrInlineDv")};
  if (auto offset = integer_of(*found, "offset")) vector.offset = static_cast<std::int32_t>(*offset);
  vector.size_in_bytes = static_cast<std::int32_t>(integer_of(*found, "sizeInBytes").value_or(0));
  vector.cardinality = integer_of(*found, "cardinality").value_or(0);
  return vector;
}

Add add_of(const Value& value) {
  return {.path = text_of(value, "path"),
          .partition_values = partition_values_of(value),
          .size = integer_of(value, "size").value_or(0),
          .modification_time = integer_of(value, "modificationTime").value_or(0),
          .data_change = bool_of(value, "dataChange", true),
          .stats = text_of(value, "stats"),
          .deletion_vector = deletion_vector_of(value),
          .tags = json_of(value, "tags")};
}

Remove remove_of(const Value& value) {
  return {.path = text_of(value, "path"),
          .deletion_timestamp = integer_of(value, "deletionTimestamp"),
          .data_change = bool_of(value, "dataChange", true),
          .extended_file_metadata = bool_of(value, "extendedFileMetadata", false),
          .partition_values = partition_values_of(value),
          .size = integer_of(value, "size"),
          .deletion_vector = deletion_vector_of(value)};
}

Metadata metadata_of(const Value& value) {
  Metadata metadata{.id = text_of(value, "id"),
                    .name = text_of(value, "name"),
                    .description = text_of(value, "description"),
                    .schema_string = text_of(value, "schemaString"),
                    .partition_columns = texts_of(value, "partitionColumns"),
                    .created_time = integer_of(value, "createdTime")};
  if (const Value* found = json::find(value, "configuration"); found && found->is_object())
    for (const auto& member : found->get_object())
      if (member.value().is_string()) metadata.configuration.emplace(member.key(), std::string(member.value().get_string()));
  return metadata;
}

Protocol protocol_of(const Value& value) {
  return {.min_reader_version = static_cast<int>(integer_of(value, "minReaderVersion").value_or(1)),
          .min_writer_version = static_cast<int>(integer_of(value, "minWriterVersion").value_or(2)),
          .reader_features = texts_of(value, "readerFeatures"),
          .writer_features = texts_of(value, "writerFeatures")};
}

void append_action(std::string_view name, const Value& value, std::vector<Action>& actions) {
  if (name == "add") actions.emplace_back(add_of(value));
  else if (name == "remove") actions.emplace_back(remove_of(value));
  else if (name == "metaData") actions.emplace_back(metadata_of(value));
  else if (name == "protocol") actions.emplace_back(protocol_of(value));
  else if (name == "txn")
    actions.emplace_back(Txn{text_of(value, "appId"), integer_of(value, "version").value_or(0), integer_of(value, "lastUpdated")});
  else if (name == "commitInfo") actions.emplace_back(CommitInfo{json::write(value)});
  else if (name == "domainMetadata")
    actions.emplace_back(DomainMetadata{text_of(value, "domain"), text_of(value, "configuration"), bool_of(value, "removed", false)});
}

Error corrupt(std::size_t line, std::string_view why) {
  return invalid("DeltaLogCorrupt", "Line " + std::to_string(line) + " of the commit is not a Delta action: " + std::string(why));
}

Value parsed(const std::string& text) {
  auto value = json::parse(text);
  return value ? std::move(*value) : Value(nullptr);
}

Object partition_object(const PartitionValues& values) {
  Object object;
  for (const auto& [column, value] : values) object[column] = value ? Value(*value) : Value(nullptr);
  return object;
}

Object vector_object(const DeletionVector& vector) {
  Object object{{"storageType", vector.storage_type}, {"pathOrInlineDv", vector.path_or_inline}};
  if (vector.offset) object["offset"] = *vector.offset;
  object["sizeInBytes"] = vector.size_in_bytes;
  object["cardinality"] = vector.cardinality;
  return object;
}

json::Array text_array(const std::vector<std::string>& texts) {
  json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

Object to_object(const Add& add) {
  Object object{{"path", add.path},
                {"partitionValues", partition_object(add.partition_values)},
                {"size", add.size},
                {"modificationTime", add.modification_time},
                {"dataChange", add.data_change}};
  if (!add.stats.empty()) object["stats"] = add.stats;
  if (!add.tags.empty()) object["tags"] = parsed(add.tags);
  if (add.deletion_vector) object["deletionVector"] = vector_object(*add.deletion_vector);
  return {{"add", std::move(object)}};
}

Object to_object(const Remove& remove) {
  Object object{{"path", remove.path}};
  if (remove.deletion_timestamp) object["deletionTimestamp"] = *remove.deletion_timestamp;
  object["dataChange"] = remove.data_change;
  if (remove.extended_file_metadata) {
    object["extendedFileMetadata"] = true;
    object["partitionValues"] = partition_object(remove.partition_values);
    if (remove.size) object["size"] = *remove.size;
  }
  if (remove.deletion_vector) object["deletionVector"] = vector_object(*remove.deletion_vector);
  return {{"remove", std::move(object)}};
}

Object to_object(const Metadata& metadata) {
  Object object{{"id", metadata.id}};
  if (!metadata.name.empty()) object["name"] = metadata.name;
  if (!metadata.description.empty()) object["description"] = metadata.description;
  object["format"] = Object{{"provider", "parquet"}, {"options", Object{}}};
  object["schemaString"] = metadata.schema_string;
  object["partitionColumns"] = text_array(metadata.partition_columns);
  Object configuration;
  for (const auto& [key, value] : metadata.configuration) configuration[key] = value;
  object["configuration"] = std::move(configuration);
  if (metadata.created_time) object["createdTime"] = *metadata.created_time;
  return {{"metaData", std::move(object)}};
}

Object to_object(const Protocol& protocol) {
  Object object{{"minReaderVersion", protocol.min_reader_version}, {"minWriterVersion", protocol.min_writer_version}};
  if (protocol.min_reader_version >= 3) object["readerFeatures"] = text_array(protocol.reader_features);
  if (protocol.min_writer_version >= 7) object["writerFeatures"] = text_array(protocol.writer_features);
  return {{"protocol", std::move(object)}};
}

Object to_object(const Txn& txn) {
  Object object{{"appId", txn.app_id}, {"version", txn.version}};
  if (txn.last_updated) object["lastUpdated"] = *txn.last_updated;
  return {{"txn", std::move(object)}};
}

Object to_object(const CommitInfo& info) { return {{"commitInfo", parsed(info.json)}}; }

Object to_object(const DomainMetadata& domain) {
  return {{"domainMetadata", Object{{"domain", domain.domain}, {"configuration", domain.configuration}, {"removed", domain.removed}}}};
}

}  // namespace

std::string DeletionVector::unique_id() const {
  return storage_type + path_or_inline + (offset ? "@" + std::to_string(*offset) : std::string());
}

Result<std::vector<Action>> parse_commit(std::string_view text) {
  std::vector<Action> actions;
  std::size_t number = 0;
  for (std::string_view line : text::split(text, '\n')) {
    ++number;
    line = text::trim(line);
    if (line.empty()) continue;
    auto value = json::parse(line, {.bytes_max = kCommitBytesMax, .depth_max = kDepthMax});
    if (!value) return std::unexpected(corrupt(number, value.error().message));
    if (!value->is_object()) return std::unexpected(corrupt(number, "an object is expected"));
    for (const auto& member : value->get_object())
      if (member.value().is_object()) append_action(member.key(), member.value(), actions);
  }
  return actions;
}

std::string write_action(const Action& action) {
  return json::write(std::visit([](const auto& one) { return to_object(one); }, action));
}

std::string write_commit(const std::vector<Action>& actions) {
  std::string text;
  for (const Action& action : actions) text += write_action(action) + "\n";
  return text;
}

}  // namespace axonite::delta
