#include "expression/lexer.h"

#include <utility>

namespace axonite::expression {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

Token bad(std::string text, std::size_t at) { return {Token::Kind::bad, std::move(text), at, at}; }

}  // namespace

Token Lexer::next() {
  while (offset_ < text_.size() && is_blank(text_[offset_])) ++offset_;
  if (offset_ == text_.size()) return {Token::Kind::end, {}, offset_, offset_};
  char c = text_[offset_];
  switch (c) {
    case '(': return punctuation(Token::Kind::left_parenthesis);
    case ')': return punctuation(Token::Kind::right_parenthesis);
    case '[': return punctuation(Token::Kind::left_bracket);
    case ']': return punctuation(Token::Kind::right_bracket);
    case '}': return punctuation(Token::Kind::right_brace);
    case ',': return punctuation(Token::Kind::comma);
    case '.': return punctuation(Token::Kind::dot);
    case '?': return punctuation(Token::Kind::question);
    case '\'': return string();
    default: break;
  }
  if (is_digit(c) || c == '-') return number();
  if (starts_name(c)) return name();
  return bad(std::string("'") + c + "'", offset_);
}

Token Lexer::punctuation(Token::Kind kind) {
  std::size_t begin = offset_++;
  return {kind, std::string(text_.substr(begin, 1)), begin, offset_};
}

Token Lexer::string() {
  std::size_t begin = offset_;
  std::string content;
  for (std::size_t at = begin + 1; at < text_.size(); ++at) {
    if (text_[at] != '\'') {
      content += text_[at];
    } else if (at + 1 < text_.size() && text_[at + 1] == '\'') {
      content += text_[at++];
    } else {
      offset_ = at + 1;
      return {Token::Kind::string, std::move(content), begin, offset_};
    }
  }
  return bad("a string that does not end", begin);
}

std::size_t Lexer::digits(std::size_t at) const {
  while (at < text_.size() && is_digit(text_[at])) ++at;
  return at;
}

Token Lexer::number() {
  std::size_t begin = offset_;
  std::size_t first = begin + (text_[begin] == '-');
  std::size_t at = digits(first);
  if (at == first) return bad("'-'", begin);
  auto kind = Token::Kind::integer;
  if (at + 1 < text_.size() && text_[at] == '.' && is_digit(text_[at + 1])) {
    kind = Token::Kind::number;
    at = digits(at + 1);
  }
  if (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
    std::size_t end = digits(exponent);
    if (end == exponent) return bad("a number with an empty exponent", begin);
    kind = Token::Kind::number;
    at = end;
  }
  if (at < text_.size() && starts_name(text_[at])) return bad("a number that runs into a name", begin);
  offset_ = at;
  return {kind, std::string(text_.substr(begin, at - begin)), begin, at};
}

Token Lexer::name() {
  std::size_t begin = offset_;
  while (offset_ < text_.size() && (starts_name(text_[offset_]) || is_digit(text_[offset_]))) ++offset_;
  return {Token::Kind::name, std::string(text_.substr(begin, offset_ - begin)), begin, offset_};
}

}  // namespace axonite::expression
