#pragma once
// Tokens of Spark SQL: backtick names, 'strings' and "strings" with backslash escapes, numbers with their type letters.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace axonite::spark {

struct Token {
  enum class Kind { word, quoted_name, string, number, symbol, end } kind = Kind::end;
  std::string text;     // word as written, string's value, symbol
  std::size_t from = 0;
};

// PARSE_SYNTAX_ERROR; the last token is `end`.
Result<std::vector<Token>> tokens_of(std::string_view sql);

}  // namespace axonite::spark
