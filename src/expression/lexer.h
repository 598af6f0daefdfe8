#pragma once
// Tokens of one expression. The lexer works on the whole text of a template, from the offset where the
// expression starts, so that errors name positions a user can count.
#include <cstddef>
#include <string>
#include <string_view>

namespace axonite::expression {

struct Token {
  enum class Kind {
    name,
    string,   // text holds the content, quotes undone
    integer,  // text as written
    number,   // text as written; has a point or an exponent
    left_parenthesis,
    right_parenthesis,
    left_bracket,
    right_bracket,
    right_brace,
    comma,
    dot,
    question,
    end,
    bad,  // text says what is wrong
  };

  Kind kind = Kind::end;
  std::string text;
  std::size_t begin = 0;
  std::size_t end = 0;
};

class Lexer {
 public:
  Lexer(std::string_view text, std::size_t offset) : text_(text), offset_(offset) {}
  Token next();

 private:
  Token punctuation(Token::Kind kind);
  Token string();
  Token number();
  Token name();
  std::size_t digits(std::size_t at) const;

  std::string_view text_;
  std::size_t offset_;
};

}  // namespace axonite::expression
