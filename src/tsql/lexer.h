#pragma once
// T-SQL text → tokens. The whole batch is read at once; limits stand in Limits.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace axonite::tsql {

struct Limits {
  std::size_t batch_bytes_max = 64u << 20;  // 65,536 × the packet size of 1 KiB
  std::size_t tokens_max = 1'000'000;
  std::size_t identifier_characters_max = 128;
  int depth_max = 128;  // nested expressions, queries and blocks together
};

enum class TokenKind { end, word, quoted, variable, integer, decimal, float_, money, string, nstring, binary, symbol };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;   // words as written; quoted names and strings without quotes; symbols: "<=", "+=", "::"
  std::string upper;  // of words: upper case, for keywords
  int line = 1;
  std::size_t begin = 0, end = 0;  // bytes in the batch
};

// The last token is `end`. Errors: 105 unclosed quote, 113 missing end comment, 103 identifier too long, 102.
Result<std::vector<Token>> tokenize(std::string_view text, const Limits& limits = {});

}  // namespace axonite::tsql
