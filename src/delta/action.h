#pragma once
// The actions of a Delta log as plain data (Delta transaction log protocol, "Actions"). action_json.h alone knows
// their JSON. What is not interpreted here (tags, domain metadata, unknown members) is kept as JSON text.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace axonite::delta {

// A partition value is text in the protocol's serialization; nothing = null.
using PartitionValues = std::map<std::string, std::optional<std::string>>;

struct DeletionVector {
  std::string storage_type;  // "u" relative path, "i" inline, "p" absolute path
  std::string path_or_inline;
  std::optional<std::int32_t> offset;
  std::int32_t size_in_bytes = 0;
  std::int64_t cardinality = 0;
  // What, together with the path, names a logical file.
  std::string unique_id() const;
  friend bool operator==(const DeletionVector&, const DeletionVector&) = default;
};

struct Add {
  std::string path;  // percent-encoded, relative to the table or absolute
  PartitionValues partition_values;
  std::int64_t size = 0;                // bytes; readers trust it
  std::int64_t modification_time = 0;   // milliseconds since 1970
  bool data_change = true;
  std::string stats;  // JSON text, empty = none
  std::optional<DeletionVector> deletion_vector;
  std::string tags;  // JSON text
};

struct Remove {
  std::string path;
  std::optional<std::int64_t> deletion_timestamp;
  bool data_change = true;
  bool extended_file_metadata = false;
  PartitionValues partition_values;
  std::optional<std::int64_t> size;
  std::optional<DeletionVector> deletion_vector;
};

struct Metadata {
  std::string id;
  std::string name, description;
  std::string schema_string;  // Spark's schema JSON; see schema.h
  std::vector<std::string> partition_columns;
  std::map<std::string, std::string> configuration;
  std::optional<std::int64_t> created_time;
};

struct Protocol {
  int min_reader_version = 1;
  int min_writer_version = 2;
  std::vector<std::string> reader_features;  // reader version 3
  std::vector<std::string> writer_features;  // writer version 7
};

// Idempotent writes: the latest version an application has committed.
struct Txn {
  std::string app_id;
  std::int64_t version = 0;
  std::optional<std::int64_t> last_updated;
};

struct CommitInfo {
  std::string json;  // the whole object
};

struct DomainMetadata {
  std::string domain;
  std::string configuration;
  bool removed = false;
};

using Action = std::variant<Add, Remove, Metadata, Protocol, Txn, CommitInfo, DomainMetadata>;

}  // namespace axonite::delta
