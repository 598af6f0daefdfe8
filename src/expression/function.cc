#include "expression/function.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <string>
#include <unordered_map>

#include "base/text.h"
#include "expression/values.h"

namespace axonite::expression {
namespace {

using Table = std::unordered_map<std::string, const Function*>;

Table index_functions() {
  Table table;
  for (auto family : {string_functions(), collection_functions(), logical_functions(), conversion_functions(),
                      math_functions(), date_functions()})
    for (const Function& function : family) table.emplace(text::to_lower(function.name), &function);
  return table;
}

}  // namespace

const Function* find_function(std::string_view name) {
  static const Table* const table = new Table(index_functions());
  auto found = table->find(text::to_lower(name));
  return found == table->end() ? nullptr : found->second;
}

std::unexpected<Error> function_error(const Context& context, std::string_view what) {
  return std::unexpected(invalid(
      "InvalidTemplate", fmt::format("The template language function '{}' failed: {}.", context.function, what)));
}

std::unexpected<Error> type_error(const Context& context, Arguments arguments, std::size_t index,
                                  std::string_view wanted) {
  return std::unexpected(
      invalid("InvalidTemplate",
              fmt::format("The template language function '{}' expects its parameter {} to be {}; the provided value "
                          "is of type '{}'.",
                          context.function, index + 1, wanted, type_name(arguments[index]))));
}

std::unexpected<Error> result_too_large(const Context& context) {
  return std::unexpected(too_large("ExpressionResultTooLarge",
                                   fmt::format("The result of the function '{}' is too long.", context.function)));
}

Result<std::string_view> string_argument(const Context& context, Arguments arguments, std::size_t index) {
  if (!arguments[index].is_string()) return type_error(context, arguments, index, "a String");
  return std::string_view(arguments[index].get_string());
}

Result<std::int64_t> integer_argument(const Context& context, Arguments arguments, std::size_t index) {
  if (auto value = as_integer(arguments[index])) return *value;
  return type_error(context, arguments, index, "an Integer");
}

}  // namespace axonite::expression
