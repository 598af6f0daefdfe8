#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstring>

#include "base/id.h"
#include "base/text.h"
#include "expression/expression.h"
#include "expression/function.h"
#include "expression/parser.h"
#include "expression/values.h"

namespace axonite::expression {
namespace {

constexpr std::size_t kTreeDepthMax = 128;

std::unexpected<Error> template_error(std::string message) {
  return std::unexpected(invalid("InvalidTemplate", std::move(message)));
}

std::unexpected<Error> not_expected(std::string_view function) {
  return template_error(fmt::format("The template function '{}' is not expected at this location.", function));
}

// A value that is either the scope's or our own: parameters are walked without being copied.
class Slot {
 public:
  Slot(const json::Value* borrowed) : borrowed_(borrowed) {}
  Slot(json::Value owned) : owned_(std::move(owned)) {}
  const json::Value& get() const { return borrowed_ ? *borrowed_ : owned_; }
  json::Value take() && { return borrowed_ ? *borrowed_ : std::move(owned_); }
  // The same ownership, for `part` inside this value.
  Slot narrowed(const json::Value* part) && { return borrowed_ ? Slot(part) : Slot(json::Value(*part)); }

 private:
  const json::Value* borrowed_ = nullptr;
  json::Value owned_;
};

const json::Value kNull;

std::string member_names(const json::Object& object) {
  std::string names;
  for (const auto& member : object) {
    if (!names.empty()) names += ", ";
    names += std::string_view(member.key());
  }
  return names;
}

class Evaluator {
 public:
  Evaluator(const Scope& scope, const Clock& clock) : scope_(scope), clock_(clock) {}

  Result<Slot> evaluate(const Node& node) {
    switch (node.kind) {
      case Node::Kind::literal: return Slot(node.literal.get());
      case Node::Kind::call: return call(node);
      case Node::Kind::logical_and: return logical(node, false);
      case Node::Kind::logical_or: return logical(node, true);
      case Node::Kind::conditional: return conditional(node);
      case Node::Kind::scope: return scope(node);
      case Node::Kind::access: return access(node);
    }
    return std::unexpected(internal("expression node outside its enum"));
  }

 private:
  Result<Slot> call(const Node& node) {
    std::vector<json::Value> arguments;
    arguments.reserve(node.arguments.size());
    for (const Node& argument : node.arguments) {
      TRY(Slot slot, evaluate(argument));
      arguments.push_back(std::move(slot).take());
    }
    TRY(json::Value value, node.function->call({scope_, clock_, node.function->name}, arguments));
    return Slot(std::move(value));
  }

  Result<bool> condition(const Node& node, std::string_view function) {
    TRY(Slot slot, evaluate(node));
    if (const bool* value = slot.get().if_bool()) return *value;
    return template_error(fmt::format("The template language function '{}' expects its condition to be a Boolean; "
                                      "the provided value is of type '{}'.",
                                      function, type_name(slot.get())));
  }

  // Stops at the first operand that equals `decisive`, so that what follows may be missing.
  Result<Slot> logical(const Node& node, bool decisive) {
    for (const Node& argument : node.arguments) {
      TRY(bool value, condition(argument, decisive ? "or" : "and"));
      if (value == decisive) return Slot(json::Value(decisive));
    }
    return Slot(json::Value(!decisive));
  }

  Result<Slot> conditional(const Node& node) {
    TRY(bool value, condition(node.arguments[0], "if"));
    return evaluate(node.arguments[value ? 1 : 2]);
  }

  Result<Slot> scope(const Node& node) {
    switch (node.scope) {
      case ScopeFunction::pipeline: return borrowed(scope_.pipeline());
      case ScopeFunction::item: return borrowed(scope_.item());
      case ScopeFunction::trigger: return borrowed(scope_.trigger());
      case ScopeFunction::trigger_body: return borrowed(scope_.trigger_body());
      case ScopeFunction::dataset: return borrowed(scope_.dataset());
      case ScopeFunction::linked_service: return borrowed(scope_.linked_service());
      case ScopeFunction::variables:
      case ScopeFunction::activity: return named(node);
    }
    return std::unexpected(internal("scope function outside its enum"));
  }

  static Result<Slot> borrowed(Result<const json::Value*> value) {
    if (!value) return std::unexpected(std::move(value.error()));
    return Slot(*value);
  }

  Result<Slot> named(const Node& node) {
    bool is_variable = node.scope == ScopeFunction::variables;
    TRY(Slot slot, evaluate(node.arguments[0]));
    if (!slot.get().is_string())
      return template_error(fmt::format("The template function '{}' expects a name of type String; it got '{}'.",
                                        node.source, type_name(slot.get())));
    std::string_view name = slot.get().get_string();
    TRY(const json::Value* value, is_variable ? scope_.variable(name) : scope_.activity(name));
    if (value) return Slot(value);
    if (is_variable)
      return template_error(fmt::format(
          "Template language expression cannot be evaluated: the template variable '{}' cannot be found.", name));
    return template_error(fmt::format(
        "Template language expression cannot be evaluated: the template action '{}' is not defined at current scope.",
        name));
  }

  Result<Slot> access(const Node& node) {
    TRY(Slot base, evaluate(node.arguments[0]));
    const json::Value* at = &base.get();
    for (const Accessor& accessor : node.accessors) {
      if (at->is_null() && accessor.optional) continue;
      if (accessor.index.empty()) {
        TRY(at, property(node, *at, accessor.name, accessor.optional));
        continue;
      }
      TRY(Slot index, evaluate(accessor.index[0]));
      TRY(at, element(node, *at, index.get(), accessor.optional));
    }
    return std::move(base).narrowed(at);
  }

  static Result<const json::Value*> property(const Node& node, const json::Value& value, std::string_view name,
                                             bool optional) {
    const json::Object* object = value.if_object();
    if (!object)
      return cannot(node, fmt::format("property '{}' cannot be selected from a value of type '{}'", name,
                                      type_name(value)));
    if (auto exact = object->find(name); exact != object->end()) return &exact->value();
    if (const json::Value* member = json::find_ignoring_case(value, name)) return member;
    if (optional) return &kNull;
    return cannot(node, fmt::format("property '{}' doesn't exist, available properties are '{}'", name,
                                    member_names(*object)));
  }

  static Result<const json::Value*> element(const Node& node, const json::Value& value, const json::Value& index,
                                            bool optional) {
    if (index.is_string()) return property(node, value, index.get_string(), optional);
    auto position = as_integer(index);
    if (!position)
      return cannot(node, fmt::format("an index must be an Integer or a String, not of type '{}'", type_name(index)));
    const json::Array* array = value.if_array();
    if (!array)
      return cannot(node, fmt::format("array index '{}' cannot be selected from a value of type '{}'", *position,
                                      type_name(value)));
    if (*position >= 0 && static_cast<std::uint64_t>(*position) < array->size()) return &(*array)[*position];
    if (optional) return &kNull;
    return cannot(node, fmt::format("array index '{}' is outside bounds (0, {}) of array", *position,
                                    static_cast<std::int64_t>(array->size()) - 1));
  }

  static std::unexpected<Error> cannot(const Node& node, std::string why) {
    return template_error(
        fmt::format("The template language expression '{}' cannot be evaluated because {}.", node.source, why));
  }

  const Scope& scope_;
  const Clock& clock_;
};

// The two members of {"value": "@…", "type": "Expression"}, or nullptr.
const json::Value* expression_object(const json::Object& object) {
  if (object.size() != 2) return nullptr;
  auto type = object.find("type");
  auto value = object.find("value");
  if (value == object.end()) value = object.find("content");  // Fabric's spelling
  if (type == object.end() || value == object.end() || !type->value().is_string()) return nullptr;
  return text::equals_ignoring_case(type->value().get_string(), "Expression") ? &value->value() : nullptr;
}

Result<json::Value> tree(const json::Value& value, const Scope& scope, const Clock& clock, const std::string& path,
                         std::size_t depth);

Result<json::Value> leaf(std::string_view text, const Scope& scope, const Clock& clock, const std::string& path) {
  auto result = evaluate(text, scope, clock);
  if (!result && result.error().target.empty()) result.error().target = path;
  return result;
}

Result<json::Value> members(const json::Object& object, const Scope& scope, const Clock& clock,
                            const std::string& path, std::size_t depth) {
  json::Object copy;
  copy.reserve(object.size());
  for (const auto& member : object) {
    std::string_view key = member.key();
    TRY(json::Value value, tree(member.value(), scope, clock, path + "." + std::string(key), depth + 1));
    copy.insert_or_assign(key, std::move(value));
  }
  return json::Value(std::move(copy));
}

Result<json::Value> elements(const json::Array& array, const Scope& scope, const Clock& clock,
                             const std::string& path, std::size_t depth) {
  json::Array copy;
  copy.reserve(array.size());
  for (std::size_t index = 0; index < array.size(); ++index) {
    TRY(json::Value value, tree(array[index], scope, clock, fmt::format("{}[{}]", path, index), depth + 1));
    copy.push_back(std::move(value));
  }
  return json::Value(std::move(copy));
}

Result<json::Value> tree(const json::Value& value, const Scope& scope, const Clock& clock, const std::string& path,
                         std::size_t depth) {
  if (depth > kTreeDepthMax)
    return std::unexpected(
        too_large("DefinitionTooDeep", fmt::format("The definition nests more than {} levels deep.", kTreeDepthMax)));
  if (value.is_string()) return leaf(value.get_string(), scope, clock, path);
  if (const json::Array* array = value.if_array()) return elements(*array, scope, clock, path, depth);
  const json::Object* object = value.if_object();
  if (!object) return value;
  const json::Value* carried = expression_object(*object);
  if (carried && carried->is_string()) return leaf(carried->get_string(), scope, clock, path);
  if (carried) return *carried;
  return members(*object, scope, clock, path, depth);
}

}  // namespace

Result<const json::Value*> Scope::pipeline() const { return not_expected("pipeline"); }
Result<const json::Value*> Scope::variable(std::string_view) const { return not_expected("variables"); }
Result<const json::Value*> Scope::activity(std::string_view) const { return not_expected("activity"); }
Result<const json::Value*> Scope::item() const { return not_expected("item"); }
Result<const json::Value*> Scope::trigger() const { return not_expected("trigger"); }
Result<const json::Value*> Scope::trigger_body() const { return not_expected("triggerBody"); }
Result<const json::Value*> Scope::dataset() const { return not_expected("dataset"); }
Result<const json::Value*> Scope::linked_service() const { return not_expected("linkedService"); }

std::uint64_t Scope::random_bits() const {
  std::uint64_t bits = 0;
  std::string bytes = random_bytes(sizeof bits);
  std::memcpy(&bits, bytes.data(), sizeof bits);
  return bits;
}

Result<Expression> Expression::parse(std::string_view text) {
  TRY(Template parsed, parse_template(text));
  return Expression(std::make_shared<const Template>(std::move(parsed)));
}

bool Expression::is_literal() const {
  for (const auto& part : parsed_->parts)
    if (!part.expression.empty()) return false;
  return true;
}

Result<json::Value> Expression::evaluate(const Scope& scope, const Clock& clock) const {
  Evaluator evaluator(scope, clock);
  if (parsed_->keeps_type) {
    TRY(Slot slot, evaluator.evaluate(parsed_->parts[0].expression[0]));
    return std::move(slot).take();
  }
  std::string text;
  for (const auto& part : parsed_->parts) {
    if (part.expression.empty()) {
      text += part.text;
    } else {
      TRY(Slot slot, evaluator.evaluate(part.expression[0]));
      text += to_text(slot.get());
    }
    if (text.size() > kResultBytesMax)
      return std::unexpected(too_large("ExpressionResultTooLarge", "The text that the expression gives is too long."));
  }
  return json::Value(text);
}

Result<json::Value> evaluate(std::string_view text, const Scope& scope, const Clock& clock) {
  TRY(Expression expression, Expression::parse(text));
  return expression.evaluate(scope, clock);
}

Result<json::Value> evaluate_tree(const json::Value& value, const Scope& scope, const Clock& clock) {
  return tree(value, scope, clock, "$", 0);
}

}  // namespace axonite::expression
