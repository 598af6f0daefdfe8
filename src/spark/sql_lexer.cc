#include "spark/sql_lexer.h"

#include <cctype>

#include "spark/errors.h"

namespace axonite::spark {
namespace {

constexpr std::size_t kBytesMax = 4u << 20;
constexpr std::size_t kTokensMax = 500'000;

class Lexer {
 public:
  explicit Lexer(std::string_view sql) : sql_(sql) {}

  Result<std::vector<Token>> run() {
    while (true) {
      CHECK_OK(skip());
      if (tokens_.size() > kTokensMax) return std::unexpected(syntax_error("a statement that is too long"));
      if (at_ >= sql_.size()) break;
      CHECK_OK(next());
    }
    tokens_.push_back({Token::Kind::end, "end of input", at_});
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }
  static bool starts_word(char c) { return isalpha(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
  static bool continues_word(char c) { return starts_word(c) || isdigit(static_cast<unsigned char>(c)); }

  Result<void> skip() {
    while (at_ < sql_.size()) {
      if (isspace(static_cast<unsigned char>(peek()))) ++at_;
      else if (peek() == '-' && peek(1) == '-') {
        while (at_ < sql_.size() && peek() != '\n') ++at_;
      } else if (peek() == '/' && peek(1) == '*') {
        auto end = sql_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return std::unexpected(syntax_error("/*"));
        at_ = end + 2;  // hints are comments here: how to execute is no matter of the text
      } else {
        break;
      }
    }
    return ok();
  }

  Result<void> next() {
    auto from = at_;
    char c = peek();
    if (c == '\'' || c == '"') return string(from, false);
    if ((c == 'r' || c == 'R') && (peek(1) == '\'' || peek(1) == '"')) {
      ++at_;
      return string(from, true);
    }
    if (c == '`') return quoted(from);
    if (isdigit(static_cast<unsigned char>(c)) || (c == '.' && isdigit(static_cast<unsigned char>(peek(1))))) return number(from);
    if (starts_word(c)) {
      while (continues_word(peek())) ++at_;
      tokens_.push_back({Token::Kind::word, std::string(sql_.substr(from, at_ - from)), from});
      return ok();
    }
    for (std::string_view symbol : {"<=>", "<=", ">=", "<>", "!=", "==", "||", "->", "=>", "::"})
      if (sql_.substr(at_).starts_with(symbol)) {
        at_ += symbol.size();
        tokens_.push_back({Token::Kind::symbol, std::string(symbol), from});
        return ok();
      }
    if (std::string_view("+-*/%=<>(),.;:?[]&|^~!{}@").find(c) == std::string_view::npos) return std::unexpected(syntax_error(std::string(1, c)));
    ++at_;
    tokens_.push_back({Token::Kind::symbol, std::string(1, c), from});
    return ok();
  }

  Result<void> string(std::size_t from, bool raw) {
    char quote = peek();
    ++at_;
    std::string value;
    while (true) {
      if (at_ >= sql_.size()) return std::unexpected(syntax_error(std::string(sql_.substr(from, 16))));
      char c = sql_[at_++];
      if (c == quote) {
        if (peek() != quote) break;
        value += quote;
        ++at_;
      } else if (c == '\\' && !raw && at_ < sql_.size()) {
        escape(value);
      } else {
        value += c;
      }
    }
    tokens_.push_back({Token::Kind::string, std::move(value), from});
    return ok();
  }

  void escape(std::string& value) {
    char c = sql_[at_++];
    switch (c) {
      case 'n': value += '\n'; break;
      case 't': value += '\t'; break;
      case 'r': value += '\r'; break;
      case 'b': value += '\b'; break;
      case '0': value += '\0'; break;
      case '%':
      case '_': (value += '\\') += c; break;  // stays an escape for LIKE
      default: value += c;
    }
  }

  Result<void> quoted(std::size_t from) {
    ++at_;
    std::string name;
    while (true) {
      if (at_ >= sql_.size()) return std::unexpected(syntax_error("`"));
      char c = sql_[at_++];
      if (c == '`' && peek() == '`') ++at_;
      else if (c == '`') break;
      name += c;
    }
    if (name.empty()) return std::unexpected(syntax_error("``"));
    tokens_.push_back({Token::Kind::quoted_name, std::move(name), from});
    return ok();
  }

  Result<void> number(std::size_t from) {
    while (isdigit(static_cast<unsigned char>(peek()))) ++at_;
    if (peek() == '.') {
      ++at_;
      while (isdigit(static_cast<unsigned char>(peek()))) ++at_;
    }
    if ((peek() == 'e' || peek() == 'E') && (isdigit(static_cast<unsigned char>(peek(1))) || ((peek(1) == '-' || peek(1) == '+') && isdigit(static_cast<unsigned char>(peek(2)))))) {
      at_ += 2;
      while (isdigit(static_cast<unsigned char>(peek()))) ++at_;
    }
    while (isalpha(static_cast<unsigned char>(peek()))) ++at_;  // L, S, Y, D, F, BD
    tokens_.push_back({Token::Kind::number, std::string(sql_.substr(from, at_ - from)), from});
    return ok();
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokens_of(std::string_view sql) {
  if (sql.size() > kBytesMax) return std::unexpected(syntax_error("a statement that is too long"));
  return Lexer(sql).run();
}

}  // namespace axonite::spark
