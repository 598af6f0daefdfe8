// Control activities: what happens within the run, in the same transaction as its events.
#include <boost/json.hpp>

#include "base/text.h"
#include "pipeline/model_json.h"
#include "pipeline/run.h"
#include "pipeline/run_scope.h"

namespace axonite::pipeline {
namespace {

constexpr std::size_t kForEachItemsMax = 100'000;

JsonPointer hold(json::Value value) { return std::make_shared<const json::Value>(std::move(value)); }

// The branch of a container, for the value that its expression gave; -1 for none.
Result<int> branch_of(const Activity& activity, const json::Value& value) {
  if (activity.container == Container::if_condition) {
    if (value.is_bool()) return value.get_bool() ? 0 : 1;
    if (value.is_string() && text::equals_ignoring_case(std::string_view(value.get_string()), "true")) return 0;
    if (value.is_string() && text::equals_ignoring_case(std::string_view(value.get_string()), "false")) return 1;
    return std::unexpected(invalid("InvalidTemplate", "The expression of an IfCondition must give a Boolean."));
  }
  if (!value.is_string())
    return std::unexpected(invalid("InvalidTemplate", "The expression of a Switch must give a String."));
  int last = static_cast<int>(activity.branches.size()) - 1;  // the default
  for (int i = 0; i < last; ++i)
    if (activity.branches[static_cast<std::size_t>(i)].label == std::string_view(value.get_string())) return i;
  return last;
}

std::string_view expression_of(Container container) {
  switch (container) {
    case Container::if_condition:
    case Container::until: return "expression";
    case Container::switch_: return "on";
    case Container::for_each: return "items";
    case Container::none: break;
  }
  return {};
}

const Variable* find_variable(const Pipeline& pipeline, std::string_view name) {
  for (const Variable& variable : pipeline.variables)
    if (text::equals_ignoring_case(variable.name, name)) return &variable;
  return nullptr;
}

Error wrong_type(const Variable& variable, std::string_view given) {
  return invalid("InvalidVariableType", "The variable '" + variable.name + "' of type '" + variable.type +
                                            "' cannot be given a value of type '" + std::string(given) + "'.");
}

std::string_view type_of(const json::Value& value) {
  if (value.is_array()) return "Array";
  if (value.is_object()) return "Object";
  if (value.is_bool()) return "Boolean";
  if (value.is_string()) return "String";
  if (value.is_null()) return "Null";
  return value.is_double() ? "Float" : "Integer";
}

Result<void> check_type(const Variable& variable, const json::Value& value) {
  bool fits = variable.type == "string"    ? value.is_string()
              : variable.type == "bool"    ? value.is_bool()
              : variable.type == "array"   ? value.is_array()
                                           : value.is_int64();
  if (fits) return ok();
  return std::unexpected(wrong_type(variable, type_of(value)));
}

// pipelineReturnValue: [{"key","value":{"type","content"}}] or, evaluated, plain values.
json::Value named_values(const json::Value& value) {
  json::Object values;
  if (!value.is_array()) return values;
  for (const json::Value& entry : value.get_array()) {
    const json::Value* key = definition::member(entry, "key");
    const json::Value* content = definition::member(entry, "value");
    if (!key || !key->is_string()) continue;
    if (content && content->is_object())
      if (const json::Value* inner = definition::member(*content, "content")) content = inner;
    values[key->get_string()] = content ? *content : json::Value();
  }
  return values;
}

}  // namespace

void Run::begin_container(const Command& command, bool recovered) {
  const Activity& activity = *command.activity;
  if (activity.container == Container::until) {
    if (!recovered) started(command, nullptr);
    Time due = scheduler_.node(command.instance)->began + std::chrono::seconds(activity.policy.timeout_seconds);
    demands_.timers.push_back({Timer::Kind::container, due, command.instance, 1});
    return record({.kind = Event::Kind::expanded, .instance = command.instance});
  }
  const json::Value* expression = definition::member(*activity.type_properties, expression_of(activity.container));
  auto value = evaluate(*expression, command.instance);
  if (!recovered) started(command, nullptr);
  Event expanded{.kind = Event::Kind::expanded, .instance = command.instance};
  Result<void> ready = [&]() -> Result<void> {
    if (!value) return std::unexpected(value.error());
    if (activity.container != Container::for_each) {
      TRY(expanded.index, branch_of(activity, *value));
      return ok();
    }
    if (!value->is_array())
      return std::unexpected(invalid("InvalidTemplate", "The function 'length' expects its parameter to be an array or a "
                                                        "string. The provided value is of type '" + std::string(type_of(*value)) + "'."));
    if (value->get_array().size() > kForEachItemsMax)
      return std::unexpected(too_large("TooManyItems", "A ForEach takes at most 100000 items."));
    expanded.input = hold(json::Object{{"ItemsCount", value->get_array().size()}});
    expanded.items = hold(std::move(*value));
    return ok();
  }();
  if (!ready) return finished(command.instance, command.attempt, failed(ready.error()), false);
  record(std::move(expanded));
}

void Run::check_until(const Command& command) {
  auto value = evaluate(*definition::member(*command.activity->type_properties, "expression"), command.instance, true);
  if (value && !value->is_bool())
    value = std::unexpected(invalid("InvalidTemplate", "The expression of an Until must give a Boolean."));
  if (!value) return finished(command.instance, 1, failed(value.error()), false);
  record({.kind = Event::Kind::iterated, .instance = command.instance, .index = command.index, .satisfied = value->get_bool()});
}

bool Run::inline_activity(const Command& command) {
  const Activity& activity = *command.activity;
  bool own = activity.type == "SetVariable" || activity.type == "AppendVariable" || activity.type == "Fail" ||
             activity.type == "Filter";
  if (!own) return false;
  if (activity.type == "Filter") {
    auto result = filter(activity, command.instance);
    started(command, nullptr);
    finished(command.instance, command.attempt, result ? std::move(*result) : failed(result.error()), false);
    return true;
  }
  auto input = evaluate(*activity.type_properties, command.instance);
  started(command, input ? hold(*input) : nullptr);
  auto result = input ? perform_inline(activity, command.instance, *input) : Result<ActivityResult>(std::unexpected(input.error()));
  finished(command.instance, command.attempt, result ? std::move(*result) : failed(result.error()), false);
  return true;
}

Result<ActivityResult> Run::perform_inline(const Activity& activity, const std::string&, const json::Value& input) {
  const std::string path = "$.typeProperties";
  if (activity.type == "Fail") {
    TRY(std::string message, definition::string(input, "message", path));
    TRY(std::string code, definition::string(input, "errorCode", path));
    return failed(std::move(code), std::move(message));
  }
  TRY(std::string name, definition::string(input, "variableName", path));
  const json::Value* found = json::find_ignoring_case(input, "value");
  json::Value value = found ? *found : json::Value();
  TRY(bool system, definition::boolean_or(input, "setSystemVariable", false, path));
  ActivityResult result;
  if (system) {
    if (!text::equals_ignoring_case(name, "pipelineReturnValue"))
      return std::unexpected(unsupported("UnsupportedProperty", "The system variable '" + name + "' is not supported."));
    result = succeeded(json::Object{{"name", name}, {"value", value}});
    result.effect = {Effect::Kind::return_value, "", hold(named_values(value))};
    return result;
  }
  const Variable* variable = find_variable(*pipeline_, name);
  if (!variable)
    return std::unexpected(invalid("InvalidVariable", "The pipeline has no variable of the name '" + name + "'."));
  result = succeeded(json::Object{{"name", name}, {"value", value}});
  if (activity.type == "AppendVariable") {
    if (variable->type != "array") return std::unexpected(wrong_type(*variable, type_of(value)));
    result.effect = {Effect::Kind::append, name, hold(std::move(value))};
    return result;
  }
  CHECK_OK(check_type(*variable, value));
  result.effect = {Effect::Kind::set, name, hold(std::move(value))};
  return result;
}

Result<ActivityResult> Run::filter(const Activity& activity, const std::string& instance) {
  const json::Value* items_text = definition::member(*activity.type_properties, "items");
  const json::Value* condition = definition::member(*activity.type_properties, "condition");
  if (!items_text || !condition) return std::unexpected(invalid("BadRequest", "A Filter needs 'items' and 'condition'."));
  TRY(json::Value items, evaluate(*items_text, instance));
  if (!items.is_array()) return std::unexpected(invalid("InvalidTemplate", "The 'items' of a Filter must be an Array."));
  RunScope scope(scheduler_, *pipeline_value_, instance);
  json::Array kept;
  for (const json::Value& item : items.get_array()) {
    scope.set_item(&item);
    TRY(json::Value keep, expression::evaluate_tree(*condition, scope, clock_));
    if (!keep.is_bool()) return std::unexpected(invalid("InvalidTemplate", "The 'condition' of a Filter must give a Boolean."));
    if (keep.get_bool()) kept.push_back(item);
  }
  std::size_t count = kept.size();
  return succeeded(json::Object{{"ItemsCount", items.get_array().size()}, {"FilteredItemsCount", count}, {"Value", std::move(kept)}});
}

}  // namespace axonite::pipeline
