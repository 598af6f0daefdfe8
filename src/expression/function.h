#pragma once
// How a function of the language is declared. One table per family, in the family's file.
#include <limits>
#include <span>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace axonite {
class Clock;
}
namespace axonite::expression {
class Scope;

using Arguments = std::span<const json::Value>;

struct Context {
  const Scope& scope;
  const Clock& clock;
  std::string_view function;  // its name as the table spells it, for errors
};

inline constexpr unsigned kAnyNumber = std::numeric_limits<unsigned>::max();

struct Function {
  std::string_view name;
  unsigned arguments_min;
  unsigned arguments_max;
  Result<json::Value> (*call)(const Context& context, Arguments arguments);
};

std::span<const Function> string_functions();
std::span<const Function> collection_functions();
std::span<const Function> logical_functions();
std::span<const Function> conversion_functions();
std::span<const Function> math_functions();
std::span<const Function> date_functions();

// Ignores case; nullptr when there is none. and, or and if are not here: they are lazy (evaluator.cc).
const Function* find_function(std::string_view name);

// The error every failing call returns: "The template language function 'f' …".
std::unexpected<Error> function_error(const Context& context, std::string_view what);
// Parameter `index` (from 0) has a type the function does not take.
std::unexpected<Error> type_error(const Context& context, Arguments arguments, std::size_t index,
                                  std::string_view wanted);
std::unexpected<Error> result_too_large(const Context& context);

// Typed arguments, with type_error when they are something else.
Result<std::string_view> string_argument(const Context& context, Arguments arguments, std::size_t index);
Result<std::int64_t> integer_argument(const Context& context, Arguments arguments, std::size_t index);

}  // namespace axonite::expression
