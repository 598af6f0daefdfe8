#include "spark/errors.h"

#include <fmt/format.h>

#include "base/text.h"

namespace axonite::spark {

Error condition(Error::Kind kind, std::string_view name, std::string_view state, std::string_view text, Parameters parameters) {
  Error error;
  error.kind = kind;
  error.code = name;
  error.message = fmt::format("[{}] {} SQLSTATE: {}", name, text, state);
  error.target = state;
  for (auto& [key, value] : parameters) error.details.push_back({.code = key, .message = value});
  return error;
}

Error syntax_error(const std::string& near, std::string_view hint) {
  return condition(Error::Kind::invalid, "PARSE_SYNTAX_ERROR", "42601", fmt::format("Syntax error at or near '{}'{}.", near, hint),
                   {{"error", "'" + near + "'"}, {"hint", std::string(hint)}});
}

Error unsupported_type(std::string_view name) {
  return condition(Error::Kind::invalid, "UNSUPPORTED_DATATYPE", "0A000", fmt::format("Unsupported data type \"{}\".", text::to_upper(name)),
                   {{"typeName", "\"" + text::to_upper(name) + "\""}});
}

Error unsupported_feature(const std::string& what) {
  return condition(Error::Kind::unsupported, "UNSUPPORTED_FEATURE", "0A000", fmt::format("The feature is not supported: {}.", what), {{"feature", what}});
}

Error unresolved_column(const std::string& name, const std::vector<std::string>& proposals) {
  auto quoted = "`" + text::replace_all(name, ".", "`.`") + "`";
  if (proposals.empty())
    return condition(Error::Kind::invalid, "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703",
                     fmt::format("A column, variable, or function parameter with name {} cannot be resolved.", quoted), {{"objectName", quoted}});
  std::vector<std::string> some;
  for (std::size_t i = 0; i < proposals.size() && i < 5; ++i) some.push_back("`" + proposals[i] + "`");
  auto joined = text::join(some, ", ");
  return condition(Error::Kind::invalid, "UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703",
                   fmt::format("A column, variable, or function parameter with name {} cannot be resolved. Did you mean one of the following? [{}].", quoted, joined),
                   {{"objectName", quoted}, {"proposal", joined}});
}

Error unresolved_routine(const std::string& name) {
  return condition(Error::Kind::invalid, "UNRESOLVED_ROUTINE", "42883",
                   fmt::format("Cannot resolve routine `{}` on search path [`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`].", name),
                   {{"routineName", "`" + name + "`"}, {"searchPath", "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]"}});
}

Error table_not_found(const std::string& name) {
  auto quoted = "`" + text::replace_all(name, ".", "`.`") + "`";
  return condition(Error::Kind::not_found, "TABLE_OR_VIEW_NOT_FOUND", "42P01",
                   fmt::format("The table or view {} cannot be found. Verify the spelling and correctness of the schema and catalog.", quoted), {{"relationName", quoted}});
}

Error path_not_found(const std::string& path) {
  return condition(Error::Kind::not_found, "PATH_NOT_FOUND", "42K03", fmt::format("Path does not exist: {}.", path), {{"path", path}});
}

Error wrong_argument_count(const std::string& function, std::size_t actual, const std::string& expected) {
  return condition(Error::Kind::invalid, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                   fmt::format("The `{}` requires {} parameters but the actual number is {}.", function, expected, actual),
                   {{"functionName", "`" + function + "`"}, {"expectedNum", expected}, {"actualNum", std::to_string(actual)}});
}

Error type_mismatch(const std::string& expression, const std::string& function, const std::string& required, const std::string& actual) {
  return condition(Error::Kind::invalid, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
                   fmt::format("Cannot resolve \"{}\" due to data type mismatch: {} requires the \"{}\" type, however the input has the type \"{}\".", expression,
                               function, required, actual),
                   {{"sqlExpr", "\"" + expression + "\""}, {"requiredType", "\"" + required + "\""}, {"inputType", "\"" + actual + "\""}});
}

Error operation_cancelled() { return condition(Error::Kind::cancelled, "OPERATION_CANCELED", "HY008", "Operation has been canceled."); }

Error translated(const Error& error) {
  if (error.message.starts_with("[")) return error;
  auto say = [&](std::string_view name, std::string_view state, std::string_view text) { return condition(error.kind, name, state, text, {{"message", error.message}}); };
  if (error.kind == Error::Kind::cancelled) return operation_cancelled();
  if (error.kind == Error::Kind::forbidden) return say("INSUFFICIENT_PERMISSIONS", "42501", error.code + ": " + error.message);
  if (error.code == "EngineDivideByZero") return say("DIVIDE_BY_ZERO", "22012", "Division by zero.");
  if (error.code == "EngineConversion") return say("CAST_INVALID_INPUT", "22018", error.message);
  if (error.code == "EngineOutOfRange") return say("ARITHMETIC_OVERFLOW", "22003", error.message);
  if (error.code == "EngineOutOfMemory") return say("UNABLE_TO_ACQUIRE_MEMORY", "53200", error.message);
  if (error.code == "EngineInput" && error.message.contains("error(")) return say("USER_RAISED_EXCEPTION", "P0001", error.message);
  if (error.kind == Error::Kind::not_found) return say("PATH_NOT_FOUND", "42K03", error.message);
  return say("INTERNAL_ERROR", "XX000", error.kind == Error::Kind::internal ? "The engine failed." : error.code + ": " + error.message);
}

}  // namespace axonite::spark
