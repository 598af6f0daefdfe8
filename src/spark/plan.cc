#include "spark/plan.h"

#include "engine/session.h"
#include "spark/errors.h"

namespace axonite::spark {

ExprPtr attribute(std::vector<std::string> parts) { return std::make_shared<Expr>(Expr{.kind = ExprKind::attribute, .names = std::move(parts)}); }
ExprPtr call(std::string name, std::vector<ExprPtr> arguments) {
  return std::make_shared<Expr>(Expr{.kind = ExprKind::function, .names = {std::move(name)}, .children = std::move(arguments)});
}
ExprPtr alias(ExprPtr child, std::string name) { return std::make_shared<Expr>(Expr{.kind = ExprKind::alias, .names = {std::move(name)}, .children = {std::move(child)}}); }
ExprPtr literal(DataType type, std::optional<std::string> value, std::string text) {
  return std::make_shared<Expr>(Expr{.kind = ExprKind::literal, .type = std::move(type), .value = std::move(value), .text = std::move(text)});
}
ExprPtr integer_literal(std::int64_t value) {
  bool small = value == static_cast<std::int32_t>(value);
  return literal({small ? TypeKind::integer : TypeKind::long_}, std::to_string(value), std::to_string(value));
}
ExprPtr string_literal(std::string_view value) { return literal({TypeKind::string}, engine::quote_literal(value), std::string(value)); }

Result<std::vector<std::string>> name_parts(std::string_view text) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '`' && quoted && i + 1 < text.size() && text[i + 1] == '`') parts.back() += text[++i];
    else if (c == '`') quoted = !quoted;
    else if (c == '.' && !quoted) parts.emplace_back();
    else parts.back() += c;
  }
  for (auto& part : parts)
    if (part.empty() || quoted) return std::unexpected(syntax_error(std::string(text)));
  return parts;
}

}  // namespace axonite::spark
