#pragma once
// Spark's error conditions (error-conditions.json: names and SQLSTATEs), as Session's contract shapes them.
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace axonite::spark {

using Parameters = std::initializer_list<std::pair<const char*, std::string>>;

// "[CLASS] text SQLSTATE: state".
Error condition(Error::Kind kind, std::string_view name, std::string_view state, std::string_view text, Parameters parameters = {});

Error syntax_error(const std::string& near, std::string_view hint = {});
Error unsupported_type(std::string_view name);
Error unsupported_feature(const std::string& what);
Error unresolved_column(const std::string& name, const std::vector<std::string>& proposals);
Error unresolved_routine(const std::string& name);
Error table_not_found(const std::string& name);
Error path_not_found(const std::string& path);
Error wrong_argument_count(const std::string& function, std::size_t actual, const std::string& expected);
Error type_mismatch(const std::string& expression, const std::string& function, const std::string& required, const std::string& actual);

Error operation_cancelled();

// What the engine, the lake or delta said, as Spark would.
Error translated(const Error& error);

}  // namespace axonite::spark
