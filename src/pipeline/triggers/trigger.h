#pragma once
// A trigger as its JSON defines it (ARM 2018-06-01), as plain data.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/triggers/recurrence.h"

namespace axonite::pipeline::triggers {

struct TriggeredPipeline {
  std::string name;
  const json::Value* parameters = nullptr;  // into the document; null for none
};

// Windows of another tumbling window trigger (or of this one) that must have succeeded first.
struct WindowDependency {
  std::string trigger;  // empty: this trigger
  std::chrono::seconds offset{0};
  std::chrono::seconds size{0};  // 0: as long as the window
};

struct Windows {
  Frequency frequency = Frequency::hour;
  int interval = 1;
  Time start{};
  std::optional<Time> end;
  std::chrono::seconds delay{0};
  int concurrency_max = 1;
  int retries = 0;
  std::chrono::seconds retry_interval{30};
  std::vector<WindowDependency> dependencies;
};

struct BlobEvents {
  std::string scope;  // resource id of the storage account
  bool created = false, deleted = false;
  std::string begins_with, ends_with;  // "/container/blobs/folder/", ".csv"
  bool ignore_empty = false;
};

struct Trigger {
  enum class Kind { schedule, tumbling_window, blob_events };
  Kind kind = Kind::schedule;
  std::string name, type;
  std::vector<TriggeredPipeline> pipelines;
  Recurrence recurrence;
  Windows windows;
  BlobEvents blobs;
  std::shared_ptr<const json::Value> document;
};

// Errors: invalid("BadRequest") naming the path; unsupported("UnsupportedTriggerType") naming the type.
Result<std::shared_ptr<const Trigger>> parse_trigger(std::string_view name, json::Value document);

// The end of the window that begins at `start`: the frequency's unit times the interval, months by the calendar.
Time window_end(const Windows& windows, Time start);

}  // namespace axonite::pipeline::triggers
