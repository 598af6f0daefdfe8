#include "pipeline/model.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/text.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline {
namespace {

using namespace definition;

constexpr std::string_view kSupported[] = {
    "SetVariable", "AppendVariable", "Wait", "Fail", "Filter", "IfCondition", "Switch", "ForEach", "Until",
    "ExecutePipeline", "Lookup", "Copy", "Script", "GetMetadata", "Delete", "WebActivity", "SynapseNotebook",
};

Container container_of(std::string_view type) {
  if (type == "IfCondition") return Container::if_condition;
  if (type == "Switch") return Container::switch_;
  if (type == "ForEach") return Container::for_each;
  if (type == "Until") return Container::until;
  return Container::none;
}

Result<void> check_name(const std::string& name, const std::string& path) {
  constexpr std::string_view kForbidden = ".+?/<>*%&:\\";
  if (name.empty() || name.size() > kActivityNameCharactersMax * 4)
    return std::unexpected(wrong(path, "must have 1 to 55 characters"));
  if (name.find_first_of(kForbidden) != std::string::npos)
    return std::unexpected(wrong(path, "must not contain any of . + ? / < > * % & : \\"));
  return ok();
}

Result<DependencyCondition> parse_condition(const json::Value& value, const std::string& path) {
  if (value.is_string()) {
    std::string_view text = value.get_string();
    if (text::equals_ignoring_case(text, "Succeeded")) return DependencyCondition::succeeded;
    if (text::equals_ignoring_case(text, "Failed")) return DependencyCondition::failed;
    if (text::equals_ignoring_case(text, "Skipped")) return DependencyCondition::skipped;
    if (text::equals_ignoring_case(text, "Completed")) return DependencyCondition::completed;
  }
  return std::unexpected(wrong(path, "must be Succeeded, Failed, Skipped or Completed"));
}

Result<Dependency> parse_dependency(const json::Value& value, const std::string& path) {
  Dependency dependency;
  TRY(dependency.activity, string(value, "activity", path));
  TRY(const json::Array* conditions, optional_array(value, "dependencyConditions", path));
  if (!conditions || conditions->empty())
    return std::unexpected(wrong(at(path, "dependencyConditions"), "must name at least one condition"));
  for (std::size_t i = 0; i < conditions->size(); ++i) {
    TRY(auto condition, parse_condition((*conditions)[i], at(at(path, "dependencyConditions"), i)));
    dependency.conditions.push_back(condition);
  }
  return dependency;
}

Result<Policy> parse_policy(const json::Value& value, const std::string& path) {
  Policy policy;
  TRY(auto retry, optional_integer(value, "retry", path));
  if (retry && (*retry < 0 || *retry > 1'000'000)) return std::unexpected(wrong(at(path, "retry"), "must not be negative"));
  policy.retry = static_cast<int>(retry.value_or(0));
  TRY(auto interval, optional_integer(value, "retryIntervalInSeconds", path));
  if (interval && (*interval < 30 || *interval > 86'400))
    return std::unexpected(wrong(at(path, "retryIntervalInSeconds"), "must lie between 30 and 86400"));
  policy.retry_interval_seconds = static_cast<int>(interval.value_or(30));
  TRY(auto timeout, optional_string(value, "timeout", path));
  if (timeout) {
    auto seconds = parse_timespan_seconds(*timeout);
    if (!seconds || *seconds <= 0) return std::unexpected(wrong(at(path, "timeout"), "must be a time span d.hh:mm:ss"));
    policy.timeout_seconds = *seconds;
  }
  TRY(policy.secure_input, boolean_or(value, "secureInput", false, path));
  TRY(policy.secure_output, boolean_or(value, "secureOutput", false, path));
  return policy;
}

// Reads activities; `count` bounds them over the whole pipeline.
class Reader {
 public:
  Result<std::vector<Activity>> activities(const json::Value& owner, std::string_view key, const std::string& path,
                                           int depth) {
    std::vector<Activity> activities;
    TRY(const json::Array* array, optional_array(owner, key, path));
    if (!array) return activities;
    if (depth > kNestingMax) return std::unexpected(wrong(at(path, key), "is nested too deeply"));
    for (std::size_t i = 0; i < array->size(); ++i) {
      TRY(Activity activity, read((*array)[i], at(at(path, key), i), depth));
      activities.push_back(std::move(activity));
    }
    CHECK_OK(check_dependencies(activities, at(path, key)));
    return activities;
  }

 private:
  Result<Activity> read(const json::Value& value, const std::string& path, int depth) {
    if (!value.is_object()) return std::unexpected(wrong(path, "must be an object"));
    if (++count_ > kActivitiesMax)
      return std::unexpected(too_large("PipelineTooLarge", "A pipeline may hold at most 120 activities."));
    Activity activity;
    TRY(activity.name, string(value, "name", path));
    CHECK_OK(check_name(activity.name, at(path, "name")));
    CHECK_OK(read_state(activity, value, path));
    TRY(std::string type, string(value, "type", path));
    activity.type = supported_activity_type(type);
    if (activity.type.empty()) {
      // An inactive activity is not validated (deactivate-activity.md).
      if (!activity.inactive) return std::unexpected(unsupported_type(type, activity.name, at(path, "type")));
      activity.type = type;
    }
    CHECK_OK(read_common(activity, value, path));
    activity.container = activity.inactive ? Container::none : container_of(activity.type);
    if (activity.container != Container::none) CHECK_OK(read_container(activity, path, depth));
    return activity;
  }

  static Error unsupported_type(const std::string& type, const std::string& name, const std::string& path) {
    Error error = unsupported("UnsupportedActivityType",
                              "The activity '" + name + "' has the type '" + type + "', which is not supported.");
    error.target = path;
    return error;
  }

  static Result<void> read_state(Activity& activity, const json::Value& value, const std::string& path) {
    TRY(auto state, optional_string(value, "state", path));
    if (!state || text::equals_ignoring_case(*state, "Active")) return ok();
    if (!text::equals_ignoring_case(*state, "Inactive"))
      return std::unexpected(wrong(at(path, "state"), "must be Active or Inactive"));
    TRY(auto mark, optional_string(value, "onInactiveMarkAs", path));
    if (!mark || text::equals_ignoring_case(*mark, "Succeeded")) activity.inactive = InactiveMark::succeeded;
    else if (text::equals_ignoring_case(*mark, "Failed")) activity.inactive = InactiveMark::failed;
    else if (text::equals_ignoring_case(*mark, "Skipped")) activity.inactive = InactiveMark::skipped;
    else return std::unexpected(wrong(at(path, "onInactiveMarkAs"), "must be Succeeded, Failed or Skipped"));
    return ok();
  }

  static Result<void> read_common(Activity& activity, const json::Value& value, const std::string& path) {
    static const json::Value kEmpty = json::Object();
    TRY(const json::Value* properties, optional_object(value, "typeProperties", path));
    activity.type_properties = properties ? properties : &kEmpty;
    TRY(const json::Value* policy, optional_object(value, "policy", path));
    if (policy) {
      TRY(activity.policy, parse_policy(*policy, at(path, "policy")));
    }
    TRY(activity.linked_service, optional_object(value, "linkedServiceName", path));
    TRY(const json::Array* depends_on, optional_array(value, "dependsOn", path));
    for (std::size_t i = 0; depends_on && i < depends_on->size(); ++i) {
      TRY(auto dependency, parse_dependency((*depends_on)[i], at(at(path, "dependsOn"), i)));
      activity.depends_on.push_back(std::move(dependency));
    }
    for (auto [key, slot] : {std::pair{"inputs", &activity.inputs}, std::pair{"outputs", &activity.outputs},
                             std::pair{"userProperties", &activity.user_properties}}) {
      TRY(const json::Array* array, optional_array(value, key, path));
      *slot = array ? member(value, key) : nullptr;
    }
    return ok();
  }

  Result<void> read_container(Activity& activity, const std::string& activity_path, int depth) {
    const json::Value& properties = *activity.type_properties;
    std::string path = at(activity_path, "typeProperties");
    switch (activity.container) {
      case Container::none: return ok();
      case Container::if_condition: {
        CHECK_OK(require(properties, "expression", path));
        CHECK_OK(add_branch(activity, "true", properties, "ifTrueActivities", path, depth));
        return add_branch(activity, "false", properties, "ifFalseActivities", path, depth);
      }
      case Container::switch_: return read_switch(activity, properties, path, depth);
      case Container::for_each: {
        CHECK_OK(require(properties, "items", path));
        TRY(activity.sequential, boolean_or(properties, "isSequential", false, path));
        TRY(auto batch, optional_integer(properties, "batchCount", path));
        if (batch && (*batch < 1 || *batch > kBatchCountMax))
          return std::unexpected(wrong(at(path, "batchCount"), "must lie between 1 and 50"));
        activity.batch_count = static_cast<int>(batch.value_or(20));
        return add_branch(activity, "body", properties, "activities", path, depth);
      }
      case Container::until: {
        CHECK_OK(require(properties, "expression", path));
        TRY(auto timeout, optional_string(properties, "timeout", path));
        activity.policy.timeout_seconds = 7 * 86'400;
        if (timeout && !timeout->starts_with('@')) {
          auto seconds = parse_timespan_seconds(*timeout);
          if (!seconds || *seconds <= 0 || *seconds > 90 * 86'400)
            return std::unexpected(wrong(at(path, "timeout"), "must be a time span of at most 90 days"));
          activity.policy.timeout_seconds = *seconds;
        } else if (timeout) {
          return std::unexpected(
              unsupported("UnsupportedProperty", "'" + at(path, "timeout") + "' as an expression is not supported."));
        }
        CHECK_OK(add_branch(activity, "body", properties, "activities", path, depth));
        if (!activity.branches.front().activities.empty()) return ok();
        return std::unexpected(wrong(at(path, "activities"), "must hold an activity"));
      }
    }
    return ok();
  }

  Result<void> read_switch(Activity& activity, const json::Value& properties, const std::string& path, int depth) {
    CHECK_OK(require(properties, "on", path));
    TRY(const json::Array* cases, optional_array(properties, "cases", path));
    for (std::size_t i = 0; cases && i < cases->size(); ++i) {
      std::string case_path = at(at(path, "cases"), i);
      TRY(std::string label, string((*cases)[i], "value", case_path));
      if (label.empty()) return std::unexpected(wrong(at(case_path, "value"), "must not be empty"));
      CHECK_OK(add_branch(activity, label, (*cases)[i], "activities", case_path, depth));
    }
    return add_branch(activity, "", properties, "defaultActivities", path, depth);
  }

  static Result<void> require(const json::Value& properties, std::string_view key, const std::string& path) {
    if (member(properties, key)) return ok();
    return std::unexpected(wrong(at(path, key), "is required"));
  }

  Result<void> add_branch(Activity& activity, std::string_view label, const json::Value& owner, std::string_view key,
                          const std::string& path, int depth) {
    TRY(auto inner, activities(owner, key, path, depth + 1));
    activity.branches.push_back({std::string(label), std::move(inner)});
    return ok();
  }

  // Names unique, dependencies known, no cycles.
  static Result<void> check_dependencies(const std::vector<Activity>& activities, const std::string& path) {
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < activities.size(); ++i)
      if (!index.emplace(text::to_lower(activities[i].name), i).second)
        return std::unexpected(wrong(at(at(path, i), "name"), "'" + activities[i].name + "' is used twice"));
    std::vector<std::size_t> open(activities.size());
    std::vector<std::vector<std::size_t>> followers(activities.size());
    for (std::size_t i = 0; i < activities.size(); ++i) {
      for (std::size_t d = 0; d < activities[i].depends_on.size(); ++d) {
        const std::string& name = activities[i].depends_on[d].activity;
        auto found = index.find(text::to_lower(name));
        if (found == index.end())
          return std::unexpected(wrong(at(at(at(path, i), "dependsOn"), d), "names '" + name + "', which is not beside it"));
        followers[found->second].push_back(i);
      }
      open[i] = activities[i].depends_on.size();
    }
    return check_acyclic(std::move(open), followers, path);
  }

  static Result<void> check_acyclic(std::vector<std::size_t> open, const std::vector<std::vector<std::size_t>>& followers,
                                    const std::string& path) {
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < open.size(); ++i)
      if (open[i] == 0) ready.push_back(i);
    std::size_t seen = 0;
    while (!ready.empty()) {
      std::size_t current = ready.back();
      ready.pop_back();
      ++seen;
      for (std::size_t next : followers[current])
        if (--open[next] == 0) ready.push_back(next);
    }
    if (seen == open.size()) return ok();
    return std::unexpected(wrong(path, "has a cycle in dependsOn"));
  }

  std::size_t count_ = 0;
};

template <class Declared>
Result<std::vector<Declared>> parse_declared(const json::Value& properties, std::string_view key,
                                             std::initializer_list<std::string_view> types) {
  std::vector<Declared> declared;
  TRY(const json::Value* object, optional_object(properties, key, "$.properties"));
  if (!object) return declared;
  std::string path = at("$.properties", key);
  for (const auto& entry : object->get_object()) {
    std::string entry_path = at(path, entry.key());
    if (!entry.value().is_object()) return std::unexpected(wrong(entry_path, "must be an object"));
    TRY(std::string type, string(entry.value(), "type", entry_path));
    std::string lower = text::to_lower(type);
    if (lower == "boolean") lower = "bool";
    if (std::find(types.begin(), types.end(), lower) == types.end())
      return std::unexpected(wrong(at(entry_path, "type"), "has the unknown type '" + type + "'"));
    declared.push_back({std::string(entry.key()), lower, member(entry.value(), "defaultValue")});
  }
  if (declared.size() > kParametersMax && key == "parameters")
    return std::unexpected(too_large("PipelineTooLarge", "A pipeline may declare at most 50 parameters."));
  return declared;
}

}  // namespace

std::string_view supported_activity_type(std::string_view type) {
  for (std::string_view supported : kSupported)
    if (text::equals_ignoring_case(supported, type)) return supported;
  return {};
}

std::optional<std::int64_t> parse_timespan_seconds(std::string_view text) {
  std::int64_t days = 0;
  auto parts = text::split(text, ':');
  if (parts.size() != 3) return std::nullopt;
  std::string_view hours_text = parts[0];
  if (auto dot = hours_text.find('.'); dot != std::string_view::npos) {
    auto parsed = text::parse_int<std::uint32_t>(hours_text.substr(0, dot));
    if (!parsed) return std::nullopt;
    days = *parsed;
    hours_text = hours_text.substr(dot + 1);
  }
  auto hours = text::parse_int<std::uint32_t>(hours_text);
  auto minutes = text::parse_int<std::uint32_t>(parts[1]);
  auto seconds = text::parse_int<std::uint32_t>(parts[2].substr(0, parts[2].find('.')));
  if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 59 || days > 10'000)
    return std::nullopt;
  return ((days * 24 + *hours) * 60 + *minutes) * 60 + *seconds;
}

Result<std::shared_ptr<const Pipeline>> parse_pipeline(std::string_view name, json::Value document) {
  auto pipeline = std::make_shared<Pipeline>();
  pipeline->name = name;
  pipeline->document = std::make_shared<const json::Value>(std::move(document));
  const json::Value& root = *pipeline->document;
  if (!root.is_object()) return std::unexpected(wrong("$", "must be an object"));
  TRY(const json::Value* properties, optional_object(root, "properties", "$"));
  const json::Value& body = properties ? *properties : root;
  TRY(pipeline->parameters, parse_declared<Parameter>(body, "parameters",
      {"object", "string", "int", "float", "bool", "array", "securestring"}));
  TRY(pipeline->variables, parse_declared<Variable>(body, "variables", {"string", "bool", "array", "integer"}));
  TRY(auto concurrency, optional_integer(body, "concurrency", "$.properties"));
  if (concurrency && *concurrency < 1) return std::unexpected(wrong("$.properties.concurrency", "must be at least 1"));
  if (concurrency) pipeline->concurrency = static_cast<int>(std::min<std::int64_t>(*concurrency, 1'000'000));
  TRY(pipeline->activities, Reader().activities(body, "activities", "$.properties", 0));
  return pipeline;
}

Result<std::shared_ptr<const Pipeline>> parse_pipeline(std::string_view name, std::string_view text) {
  TRY(auto document, json::parse(text, {.bytes_max = 1u << 20, .depth_max = 64}));
  return parse_pipeline(name, std::move(document));
}

}  // namespace axonite::pipeline
