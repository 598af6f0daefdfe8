#include "tsql/lexer.h"

#include <fmt/format.h>

#include "base/text.h"
#include "tsql/failure.h"

namespace axonite::tsql {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80); }
bool is_word_part(char c) { return is_letter(c) || is_digit(c) || c == '$' || c == '#' || c == '@'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

class Lexer {
 public:
  Lexer(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

  Result<std::vector<Token>> run() {
    if (text_.size() > limits_.batch_bytes_max) return std::unexpected(failure(103, "The batch is too long.", 1));
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    while (true) {
      CHECK_OK(skip_blanks());
      Token token{.line = line_, .begin = at_};
      if (at_ >= text_.size()) {
        token.end = at_;
        tokens_.push_back(std::move(token));
        return std::move(tokens_);
      }
      CHECK_OK(read(token));
      token.end = at_;
      tokens_.push_back(std::move(token));
      if (tokens_.size() > limits_.tokens_max) return std::unexpected(failure(103, "The batch has too many tokens.", line_));
    }
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  Result<void> skip_blanks() {
    while (at_ < text_.size()) {
      char c = peek();
      if (c == '\n') ++line_;
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v') {
        ++at_;
      } else if (c == '-' && peek(1) == '-') {
        while (at_ < text_.size() && peek() != '\n') ++at_;
      } else if (c == '/' && peek(1) == '*') {
        CHECK_OK(skip_comment());
      } else if (text_.substr(at_).starts_with("\xC2\xA0")) {
        at_ += 2;
      } else {
        break;
      }
    }
    return ok();
  }

  Result<void> skip_comment() {
    int start = line_, depth = 0;
    do {
      if (at_ >= text_.size()) return std::unexpected(failure(113, "Missing end comment mark '*/'.", start, 15));
      if (peek() == '/' && peek(1) == '*') {
        ++depth, at_ += 2;
      } else if (peek() == '*' && peek(1) == '/') {
        --depth, at_ += 2;
      } else {
        if (peek() == '\n') ++line_;
        ++at_;
      }
    } while (depth > 0);
    return ok();
  }

  Result<void> read(Token& token) {
    char c = peek();
    if ((c == 'N' || c == 'n') && peek(1) == '\'') {
      ++at_;
      token.kind = TokenKind::nstring;
      return quoted(token, '\'');
    }
    if (c == '\'') {
      token.kind = TokenKind::string;
      return quoted(token, '\'');
    }
    if (c == '[' || c == '"') {
      token.kind = TokenKind::quoted;
      CHECK_OK(quoted(token, c == '[' ? ']' : '"'));
      return check_identifier(token);
    }
    if (c == '0' && (peek(1) == 'x' || peek(1) == 'X')) return binary(token);
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number(token);
    if (c == '$' && (is_digit(peek(1)) || peek(1) == '.')) {
      ++at_;
      CHECK_OK(number(token));
      token.kind = TokenKind::money;
      return ok();
    }
    if (is_letter(c) || c == '#' || c == '@' || c == '$') return word(token);
    return symbol(token);
  }

  Result<void> check_identifier(const Token& token) {
    std::size_t characters = 0;
    for (char c : token.text) characters += (c & 0xC0) != 0x80;
    if (characters <= limits_.identifier_characters_max) return ok();
    return std::unexpected(failure(103,
                                   fmt::format("The identifier that starts with '{}' is too long. Maximum length is {}.",
                                               token.text.substr(0, 32), limits_.identifier_characters_max),
                                   token.line, 15, 4));
  }

  Result<void> quoted(Token& token, char close) {
    ++at_;
    while (at_ < text_.size()) {
      char c = text_[at_++];
      if (c == '\n') ++line_;
      if (c == close) {
        if (peek() != close) return ok();
        ++at_;
      }
      token.text += c;
    }
    return std::unexpected(failure(105,
                                   fmt::format("Unclosed quotation mark after the character string '{}'.",
                                               token.text.substr(0, 128)),
                                   token.line));
  }

  Result<void> binary(Token& token) {
    at_ += 2;
    std::size_t start = at_;
    while (is_hex(peek())) ++at_;
    token.kind = TokenKind::binary;
    token.text = text_.substr(start, at_ - start);
    if (token.text.size() % 2) token.text.insert(0, "0");
    return ok();
  }

  Result<void> number(Token& token) {
    std::size_t start = at_;
    token.kind = TokenKind::integer;
    while (is_digit(peek())) ++at_;
    if (peek() == '.') {
      token.kind = TokenKind::decimal;
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    bool sign = peek(1) == '+' || peek(1) == '-';
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(sign ? 2 : 1))) {
      token.kind = TokenKind::float_;
      at_ += sign ? 2 : 1;
      while (is_digit(peek())) ++at_;
    }
    token.text = text_.substr(start, at_ - start);
    return ok();
  }

  Result<void> word(Token& token) {
    std::size_t start = at_;
    while (is_word_part(peek())) ++at_;
    token.text = text_.substr(start, at_ - start);
    token.kind = token.text[0] == '@' ? TokenKind::variable : TokenKind::word;
    token.upper = text::to_upper(token.text);
    return check_identifier(token);
  }

  Result<void> symbol(Token& token) {
    static constexpr std::string_view pairs[] = {"<=", ">=", "<>", "!=", "!<", "!>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "::"};
    token.kind = TokenKind::symbol;
    std::string_view two = text_.substr(at_, 2);
    for (std::string_view pair : pairs)
      if (two == pair) {
        token.text = pair;
        at_ += 2;
        return ok();
      }
    char c = text_[at_];
    if (std::string_view("()+-*/%,.;=<>&|^~:{}").find(c) == std::string_view::npos)
      return std::unexpected(syntax_error(text_.substr(at_, 1), line_));
    token.text = std::string(1, c);
    ++at_;
    return ok();
  }

  std::string_view text_;
  Limits limits_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view text, const Limits& limits) { return Lexer(text, limits).run(); }

}  // namespace axonite::tsql
