#pragma once
// A pipeline as its JSON defines it (ARM 2018-06-01), as plain data. Values that may hold expressions stay JSON: the
// model points into the document it was read from and keeps it alive.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace axonite::pipeline {

// What a dependency waits for. `completed` = succeeded or failed; a skip satisfies only `skipped`.
enum class DependencyCondition { succeeded, failed, skipped, completed };

struct Dependency {
  std::string activity;
  std::vector<DependencyCondition> conditions;  // any of them; entries of dependsOn must all hold
};

struct Policy {
  int retry = 0;
  int retry_interval_seconds = 30;
  std::int64_t timeout_seconds = 12 * 3600;
  bool secure_input = false;
  bool secure_output = false;
};

enum class Container { none, if_condition, switch_, for_each, until };
enum class InactiveMark { succeeded, failed, skipped };

struct Branch;

struct Activity {
  std::string name;
  std::string type;  // in the schema's spelling, whatever the case it was written in
  Container container = Container::none;
  std::vector<Dependency> depends_on;
  Policy policy;
  std::optional<InactiveMark> inactive;  // set: not run, counted as this
  // Into the document; null where absent. type_properties is never null.
  const json::Value* type_properties = nullptr;
  const json::Value* linked_service = nullptr;
  const json::Value* inputs = nullptr;
  const json::Value* outputs = nullptr;
  const json::Value* user_properties = nullptr;
  // IfCondition: "true", "false". Switch: the case values, then "" for default. ForEach, Until: one, the body.
  std::vector<Branch> branches;
  bool sequential = false;  // ForEach
  int batch_count = 20;     // ForEach
};

struct Branch {
  std::string label;
  std::vector<Activity> activities;
};

struct Parameter {
  std::string name;
  std::string type;  // string, int, float, bool, array, object, securestring (lower case)
  const json::Value* default_value = nullptr;
};

struct Variable {
  std::string name;
  std::string type;  // string, bool, array, integer (lower case)
  const json::Value* default_value = nullptr;
};

struct Pipeline {
  std::string name;
  std::vector<Parameter> parameters;
  std::vector<Variable> variables;
  std::vector<Activity> activities;
  std::optional<int> concurrency;
  std::shared_ptr<const json::Value> document;
};

// Limits of the service (azure-data-factory-limits) and ours.
inline constexpr std::size_t kActivitiesMax = 120;  // inner ones counted
inline constexpr std::size_t kParametersMax = 50;
inline constexpr int kNestingMax = 8;
inline constexpr std::size_t kActivityNameCharactersMax = 55;
inline constexpr int kBatchCountMax = 50;

// Reads {"properties":{"activities":…}} or the properties alone; names are matched ignoring case.
// Errors name the JSON path: invalid("InvalidPipeline") for shape, duplicate names, unknown dependencies, cycles;
// unsupported("UnsupportedActivityType") naming activity and type; too_large("PipelineTooLarge").
Result<std::shared_ptr<const Pipeline>> parse_pipeline(std::string_view name, json::Value document);
Result<std::shared_ptr<const Pipeline>> parse_pipeline(std::string_view name, std::string_view text);

// "0.12:00:00", "00:10:00", "7.00:00:00" in seconds; nothing for anything else.
std::optional<std::int64_t> parse_timespan_seconds(std::string_view text);

// The schema's spelling of a type that runs here; empty for every other.
std::string_view supported_activity_type(std::string_view type);

}  // namespace axonite::pipeline
