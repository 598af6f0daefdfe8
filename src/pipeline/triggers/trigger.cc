#include "pipeline/triggers/trigger.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "expression/date_time.h"
#include "pipeline/model.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline::triggers {
namespace {

using namespace definition;
using std::chrono::seconds;

constexpr std::size_t kDependenciesMax = 5;
constexpr int kConcurrencyMax = 50;
constexpr int kWindowMinutesMin = 5;

Result<std::int64_t> integer_between(const json::Value& value, std::string_view key, const std::string& path, std::int64_t fallback,
                                     std::int64_t least, std::int64_t most) {
  TRY(auto number, optional_integer(value, key, path));
  if (number && (*number < least || *number > most))
    return std::unexpected(wrong(at(path, key), "must lie between " + std::to_string(least) + " and " + std::to_string(most)));
  return number.value_or(fallback);
}

// "[-][d.]hh:mm:ss".
Result<seconds> time_span(const json::Value& value, std::string_view key, const std::string& path) {
  TRY(auto given, optional_string(value, key, path));
  if (!given) return seconds(0);
  bool negative = given->starts_with('-');
  auto parsed = parse_timespan_seconds(std::string_view(*given).substr(negative ? 1 : 0));
  if (!parsed) return std::unexpected(wrong(at(path, key), "must be a time span d.hh:mm:ss"));
  return seconds(negative ? -*parsed : *parsed);
}

Result<std::optional<Time>> time(const json::Value& value, std::string_view key, const std::string& path) {
  TRY(auto given, optional_string(value, key, path));
  if (!given) return std::nullopt;
  auto parsed = parse_iso(*given);
  if (!parsed) return std::unexpected(wrong(at(path, key), "must be a date and time"));
  return parsed;
}

Result<TriggeredPipeline> read_pipeline(const json::Value& value, const std::string& path) {
  TriggeredPipeline pipeline;
  const json::Value* reference = member(value, "pipelineReference");
  if (!reference) return std::unexpected(wrong(at(path, "pipelineReference"), "is required"));
  TRY(pipeline.name, string(*reference, "referenceName", at(path, "pipelineReference")));
  TRY(pipeline.parameters, optional_object(value, "parameters", path));
  return pipeline;
}

Result<WindowDependency> read_dependency(const json::Value& value, const std::string& path) {
  WindowDependency dependency;
  TRY(std::string type, string(value, "type", path));
  bool self = text::equals_ignoring_case(type, "SelfDependencyTumblingWindowTriggerReference");
  if (!self && !text::equals_ignoring_case(type, "TumblingWindowTriggerDependencyReference"))
    return std::unexpected(unsupported("UnsupportedDependency", "The trigger dependency type '" + type + "' is not supported."));
  TRY(dependency.offset, time_span(value, "offset", path));
  TRY(dependency.size, time_span(value, "size", path));
  if (self) {
    if (dependency.offset >= seconds(0)) return std::unexpected(wrong(at(path, "offset"), "of a self dependency must be negative"));
    return dependency;
  }
  const json::Value* reference = member(value, "referenceTrigger");
  if (!reference) return std::unexpected(wrong(at(path, "referenceTrigger"), "is required"));
  TRY(dependency.trigger, string(*reference, "referenceName", at(path, "referenceTrigger")));
  return dependency;
}

Result<void> read_windows(Windows& windows, const json::Value& properties, const std::string& path) {
  TRY(std::string frequency, string(properties, "frequency", path));
  TRY(windows.frequency, parse_frequency(frequency, at(path, "frequency")));
  if (windows.frequency == Frequency::day || windows.frequency == Frequency::week)
    return std::unexpected(wrong(at(path, "frequency"), "of a tumbling window must be Minute, Hour or Month"));
  TRY(std::int64_t interval, integer_between(properties, "interval", path, 0, windows.frequency == Frequency::minute ? kWindowMinutesMin : 1, 1'000'000));
  if (interval == 0) return std::unexpected(wrong(at(path, "interval"), "is required"));
  windows.interval = static_cast<int>(interval);
  TRY(auto start, time(properties, "startTime", path));
  if (!start) return std::unexpected(wrong(at(path, "startTime"), "is required"));
  windows.start = *start;
  TRY(windows.end, time(properties, "endTime", path));
  TRY(windows.delay, time_span(properties, "delay", path));
  TRY(std::int64_t concurrency, integer_between(properties, "maxConcurrency", path, 1, 1, kConcurrencyMax));
  windows.concurrency_max = static_cast<int>(concurrency);
  TRY(const json::Value* retry, optional_object(properties, "retryPolicy", path));
  if (retry) {
    TRY(std::int64_t count, integer_between(*retry, "count", at(path, "retryPolicy"), 0, 0, 1000));
    TRY(std::int64_t pause, integer_between(*retry, "intervalInSeconds", at(path, "retryPolicy"), 30, 30, 86'400));
    windows.retries = static_cast<int>(count);
    windows.retry_interval = seconds(pause);
  }
  TRY(const json::Array* depends_on, optional_array(properties, "dependsOn", path));
  if (depends_on && depends_on->size() > kDependenciesMax) return std::unexpected(wrong(at(path, "dependsOn"), "may hold at most 5 triggers"));
  for (std::size_t i = 0; depends_on && i < depends_on->size(); ++i) {
    TRY(auto dependency, read_dependency((*depends_on)[i], at(at(path, "dependsOn"), i)));
    windows.dependencies.push_back(std::move(dependency));
  }
  return ok();
}

Result<void> read_blobs(BlobEvents& blobs, const json::Value& properties, const std::string& path) {
  TRY(blobs.scope, string(properties, "scope", path));
  TRY(const json::Array* events, optional_array(properties, "events", path));
  for (std::size_t i = 0; events && i < events->size(); ++i) {
    std::string_view name = (*events)[i].is_string() ? std::string_view((*events)[i].get_string()) : std::string_view();
    bool created = text::equals_ignoring_case(name, "Microsoft.Storage.BlobCreated");
    if (!created && !text::equals_ignoring_case(name, "Microsoft.Storage.BlobDeleted"))
      return std::unexpected(wrong(at(at(path, "events"), i), "must be Microsoft.Storage.BlobCreated or Microsoft.Storage.BlobDeleted"));
    (created ? blobs.created : blobs.deleted) = true;
  }
  if (!blobs.created && !blobs.deleted) return std::unexpected(wrong(at(path, "events"), "must name an event"));
  TRY(auto begins, optional_string(properties, "blobPathBeginsWith", path));
  TRY(auto ends, optional_string(properties, "blobPathEndsWith", path));
  blobs.begins_with = begins.value_or("");
  blobs.ends_with = ends.value_or("");
  if (blobs.begins_with.empty() && blobs.ends_with.empty())
    return std::unexpected(wrong(path, "must have blobPathBeginsWith or blobPathEndsWith"));
  TRY(blobs.ignore_empty, boolean_or(properties, "ignoreEmptyBlobs", true, path));
  return ok();
}

Result<void> read_kind(Trigger& trigger, const json::Value& properties, const json::Value& type_properties) {
  const std::string path = "$.properties.typeProperties";
  if (text::equals_ignoring_case(trigger.type, "ScheduleTrigger")) {
    trigger.kind = Trigger::Kind::schedule;
    const json::Value* recurrence = member(type_properties, "recurrence");
    if (!recurrence) return std::unexpected(wrong(at(path, "recurrence"), "is required"));
    TRY(trigger.recurrence, parse_recurrence(*recurrence, at(path, "recurrence")));
  } else if (text::equals_ignoring_case(trigger.type, "TumblingWindowTrigger")) {
    trigger.kind = Trigger::Kind::tumbling_window;
    CHECK_OK(read_windows(trigger.windows, type_properties, path));
  } else if (text::equals_ignoring_case(trigger.type, "BlobEventsTrigger")) {
    trigger.kind = Trigger::Kind::blob_events;
    CHECK_OK(read_blobs(trigger.blobs, type_properties, path));
  } else {
    return std::unexpected(unsupported("UnsupportedTriggerType", "The trigger type '" + trigger.type + "' is not supported."));
  }
  if (trigger.kind == Trigger::Kind::tumbling_window) {
    const json::Value* one = member(properties, "pipeline");
    if (!one) return ok();
    TRY(auto pipeline, read_pipeline(*one, "$.properties.pipeline"));
    trigger.pipelines.push_back(std::move(pipeline));
    return ok();
  }
  TRY(const json::Array* pipelines, optional_array(properties, "pipelines", "$.properties"));
  for (std::size_t i = 0; pipelines && i < pipelines->size(); ++i) {
    TRY(auto pipeline, read_pipeline((*pipelines)[i], at("$.properties.pipelines", i)));
    trigger.pipelines.push_back(std::move(pipeline));
  }
  return ok();
}

Result<std::shared_ptr<const Trigger>> read_trigger(std::string_view name, json::Value document) {
  static const json::Value kEmpty = json::Object();
  auto trigger = std::make_shared<Trigger>();
  trigger->name = name;
  trigger->document = std::make_shared<const json::Value>(std::move(document));
  const json::Value& root = *trigger->document;
  const json::Value* given = member(root, "properties");
  const json::Value& properties = given ? *given : root;
  TRY(trigger->type, string(properties, "type", "$.properties"));
  TRY(const json::Value* type_properties, optional_object(properties, "typeProperties", "$.properties"));
  CHECK_OK(read_kind(*trigger, properties, type_properties ? *type_properties : kEmpty));
  return trigger;
}

}  // namespace

Result<std::shared_ptr<const Trigger>> parse_trigger(std::string_view name, json::Value document) {
  auto trigger = read_trigger(name, std::move(document));
  if (!trigger && trigger.error().code == "InvalidPipeline") trigger.error().code = "BadRequest";
  return trigger;
}

Time window_end(const Windows& windows, Time start) {
  if (windows.frequency == Frequency::minute) return start + std::chrono::minutes(windows.interval);
  if (windows.frequency == Frequency::hour) return start + std::chrono::hours(windows.interval);
  auto moved = expression::add_months(expression::from_clock(start), windows.interval);
  std::int64_t ticks = moved ? moved->ticks - expression::from_clock(start).ticks : 0;
  return start + std::chrono::nanoseconds(ticks * 100);
}

}  // namespace axonite::pipeline::triggers
