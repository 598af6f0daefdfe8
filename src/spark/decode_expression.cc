#include <fmt/format.h>
#include <spark/connect/expressions.pb.h>

#include "base/text.h"
#include "engine/session.h"
#include "spark/decode.h"
#include "spark/errors.h"
#include "spark/parser.h"

// Clients of 3.5 send fields that 4.2 calls deprecated.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace axonite::spark {
namespace {

constexpr int kDepthMax = 400;

using Literal = proto::Expression_Literal;

std::string double_text(double value) {
  if (value != value) return "NaN";
  if (value > 1.7976931348623157e308) return "Infinity";
  if (value < -1.7976931348623157e308) return "-Infinity";
  auto text = fmt::format("{}", value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

ExprPtr timestamp_literal(TypeKind kind, std::int64_t micros) {
  auto sql = kind == TypeKind::timestamp ? fmt::format("make_timestamptz({}::BIGINT)", micros) : fmt::format("make_timestamp({}::BIGINT)", micros);
  return literal({kind}, sql, fmt::format("TIMESTAMP {}", micros));
}

Result<ExprPtr> nested(const Literal& message) {
  std::vector<ExprPtr> children;
  if (message.has_array()) {
    for (auto& element : message.array().elements()) {
      TRY(auto child, decode_literal(element));
      children.push_back(std::move(child));
    }
    return call("array", std::move(children));
  }
  if (message.has_map()) {
    for (int i = 0; i < message.map().keys_size() && i < message.map().values_size(); ++i) {
      TRY(auto key, decode_literal(message.map().keys(i)));
      TRY(auto value, decode_literal(message.map().values(i)));
      children.insert(children.end(), {std::move(key), std::move(value)});
    }
    return call("map", std::move(children));
  }
  auto& type = message.struct_().has_struct_type() ? message.struct_().struct_type() : message.data_type();
  for (int i = 0; i < message.struct_().elements_size(); ++i) {
    TRY(auto value, decode_literal(message.struct_().elements(i)));
    auto name = i < type.struct_().fields_size() ? type.struct_().fields(i).name() : fmt::format("col{}", i + 1);
    children.insert(children.end(), {string_literal(name), std::move(value)});
  }
  return call("named_struct", std::move(children));
}

Result<ExprPtr> specialized(const proto::Expression_Literal_SpecializedArray& message) {
  std::vector<ExprPtr> children;
  for (auto value : message.ints().values()) children.push_back(literal({TypeKind::integer}, std::to_string(value), std::to_string(value)));
  for (auto value : message.longs().values()) children.push_back(literal({TypeKind::long_}, std::to_string(value), std::to_string(value)));
  for (auto value : message.doubles().values()) children.push_back(literal({TypeKind::double_}, fmt::format("'{}'", double_text(value)), double_text(value)));
  for (auto value : message.floats().values()) children.push_back(literal({TypeKind::float_}, fmt::format("'{}'", double_text(value)), double_text(value)));
  for (auto& value : message.strings().values()) children.push_back(string_literal(value));
  for (bool value : message.bools().values()) children.push_back(literal({TypeKind::boolean}, value ? "true" : "false", value ? "true" : "false"));
  return call("array", std::move(children));
}

ExprPtr whole(TypeKind kind, std::int64_t value) { return literal({kind}, std::to_string(value), std::to_string(value)); }

Result<ExprPtr> decimal(const proto::Expression_Literal_Decimal& message) {
  auto digits = text::replace_all(message.value(), "-", "");
  if (digits.empty() || digits.find_first_not_of("0123456789.") != std::string::npos) return std::unexpected(syntax_error(message.value()));
  auto dot = digits.find('.');
  int scale = message.has_scale() ? message.scale() : dot == std::string::npos ? 0 : static_cast<int>(digits.size() - dot - 1);
  int precision = message.has_precision() ? message.precision() : static_cast<int>(digits.size() - (dot == std::string::npos ? 0 : 1));
  return literal(decimal_type(std::max(precision, std::max(scale, 1)), scale), "'" + message.value() + "'", message.value());
}

}  // namespace

Result<ExprPtr> decode_literal(const Literal& message) {
  switch (message.literal_type_case()) {
    case Literal::kNull: {
      TRY(auto type, decode_type(message.null()));
      return literal(std::move(type), std::nullopt, "NULL");
    }
    case Literal::kBinary: return literal({TypeKind::binary}, "unhex('" + text::hex_encode(message.binary()) + "')", "X'" + text::to_upper(text::hex_encode(message.binary())) + "'");
    case Literal::kBoolean: return literal({TypeKind::boolean}, message.boolean() ? "true" : "false", message.boolean() ? "true" : "false");
    case Literal::kByte: return whole(TypeKind::byte, message.byte());
    case Literal::kShort: return whole(TypeKind::short_, message.short_());
    case Literal::kInteger: return whole(TypeKind::integer, message.integer());
    case Literal::kLong: return whole(TypeKind::long_, message.long_());
    case Literal::kFloat: return literal({TypeKind::float_}, "'" + double_text(message.float_()) + "'", double_text(message.float_()));
    case Literal::kDouble: return literal({TypeKind::double_}, "'" + double_text(message.double_()) + "'", double_text(message.double_()));
    case Literal::kDecimal: return decimal(message.decimal());
    case Literal::kString: return string_literal(message.string());
    case Literal::kDate: return literal({TypeKind::date}, fmt::format("(DATE '1970-01-01' + {})", message.date()), fmt::format("DATE {}", message.date()));
    case Literal::kTimestamp: return timestamp_literal(TypeKind::timestamp, message.timestamp());
    case Literal::kTimestampNtz: return timestamp_literal(TypeKind::timestamp_ntz, message.timestamp_ntz());
    case Literal::kDayTimeInterval: return literal({TypeKind::day_time_interval}, fmt::format("to_microseconds({}::BIGINT)", message.day_time_interval()), "INTERVAL");
    case Literal::kYearMonthInterval: return literal({TypeKind::year_month_interval}, fmt::format("to_months({})", message.year_month_interval()), "INTERVAL");
    case Literal::kArray:
    case Literal::kMap:
    case Literal::kStruct: return nested(message);
    case Literal::kSpecializedArray: return specialized(message.specialized_array());
    default: return std::unexpected(unsupported_feature("a literal of this type"));
  }
}

struct Decoder::Depth {
  explicit Depth(int& depth) : depth(depth) { ++depth; }
  ~Depth() { --depth; }
  int& depth;
};

Result<SortKey> Decoder::sort_key(const proto::Expression_SortOrder& message) {
  TRY(auto child, expression(message.child()));
  bool ascending = message.direction() != proto::Expression_SortOrder::SORT_DIRECTION_DESCENDING;
  bool nulls_first = message.null_ordering() == proto::Expression_SortOrder::SORT_NULLS_UNSPECIFIED ? ascending
                                                                                                   : message.null_ordering() == proto::Expression_SortOrder::SORT_NULLS_FIRST;
  return SortKey{std::move(child), ascending, nulls_first};
}

Result<ExprPtr> Decoder::window(const proto::Expression& message) {
  auto& window = message.window();
  Expr out{.kind = ExprKind::window};
  TRY(auto function, expression(window.window_function()));
  out.children.push_back(std::move(function));
  for (auto& part : window.partition_spec()) {
    TRY(auto child, expression(part));
    out.children.push_back(std::move(child));
  }
  for (auto& order : window.order_spec()) {
    TRY(auto key, sort_key(order));
    out.order.push_back(std::move(key));
  }
  if (!window.has_frame_spec()) return std::make_shared<Expr>(std::move(out));
  auto bound = [&](const proto::Expression_Window_WindowFrame_FrameBoundary& from) -> Result<FrameBound> {
    if (from.current_row()) return FrameBound{FrameBound::Kind::current_row};
    if (from.unbounded()) return FrameBound{FrameBound::Kind::unbounded};
    auto& value = from.value().literal();
    if (value.has_integer()) return FrameBound{FrameBound::Kind::value, value.integer()};
    if (value.has_long_()) return FrameBound{FrameBound::Kind::value, value.long_()};
    return std::unexpected(unsupported_feature("a window frame with bounds that are not integers"));
  };
  Frame frame{.rows = window.frame_spec().frame_type() == proto::Expression_Window_WindowFrame::FRAME_TYPE_ROW};
  TRY(frame.lower, bound(window.frame_spec().lower()));
  TRY(frame.upper, bound(window.frame_spec().upper()));
  out.frame = frame;
  return std::make_shared<Expr>(std::move(out));
}

Result<ExprPtr> Decoder::cast(const proto::Expression& message) {
  auto& cast = message.cast();
  Expr out{.kind = ExprKind::cast};
  TRY(auto child, expression(cast.expr()));
  out.children.push_back(std::move(child));
  if (cast.has_type()) {
    TRY(out.type, decode_type(cast.type()));
  } else {
    TRY(out.type, parse_type(cast.type_str()));
  }
  if (cast.eval_mode() == proto::Expression_Cast::EVAL_MODE_TRY) out.cast_mode = CastMode::try_;
  return std::make_shared<Expr>(std::move(out));
}

Result<ExprPtr> Decoder::subquery(const proto::Expression& message) {
  auto& from = message.subquery_expression();
  auto at = references_.find(from.plan_id());
  if (at == references_.end()) return std::unexpected(unsupported_feature("a subquery whose plan is not in the message"));
  Expr out{.subquery = at->second};
  switch (from.subquery_type()) {
    case proto::SubqueryExpression::SUBQUERY_TYPE_SCALAR: out.kind = ExprKind::scalar_subquery; break;
    case proto::SubqueryExpression::SUBQUERY_TYPE_EXISTS: out.kind = ExprKind::exists; break;
    case proto::SubqueryExpression::SUBQUERY_TYPE_IN: out.kind = ExprKind::in_subquery; break;
    default: return std::unexpected(unsupported_feature("a table argument"));
  }
  for (auto& value : from.in_subquery_values()) {
    TRY(auto child, expression(value));
    out.children.push_back(std::move(child));
  }
  return std::make_shared<Expr>(std::move(out));
}

// Those that hold other expressions.
Result<ExprPtr> Decoder::composed(const proto::Expression& message) {
  Expr out;
  auto add = [&](const proto::Expression& child) -> Result<void> {
    TRY(auto decoded, expression(child));
    out.children.push_back(std::move(decoded));
    return ok();
  };
  switch (message.expr_type_case()) {
    case proto::Expression::kUnresolvedFunction:
    case proto::Expression::kCallFunction: {
      bool plain = message.has_unresolved_function();
      out.kind = ExprKind::function;
      out.names = {plain ? message.unresolved_function().function_name() : message.call_function().function_name()};
      out.distinct = plain && message.unresolved_function().is_distinct();
      for (auto& child : plain ? message.unresolved_function().arguments() : message.call_function().arguments()) CHECK_OK(add(child));
      break;
    }
    case proto::Expression::kAlias:
      out.kind = ExprKind::alias;
      out.names = {message.alias().name().begin(), message.alias().name().end()};
      CHECK_OK(add(message.alias().expr()));
      break;
    case proto::Expression::kUnresolvedExtractValue:
      out.kind = ExprKind::extract;
      CHECK_OK(add(message.unresolved_extract_value().child()));
      CHECK_OK(add(message.unresolved_extract_value().extraction()));
      break;
    case proto::Expression::kLambdaFunction:
      out.kind = ExprKind::lambda;
      for (auto& argument : message.lambda_function().arguments()) out.names.push_back(argument.name_parts(0));
      CHECK_OK(add(message.lambda_function().function()));
      break;
    case proto::Expression::kSortOrder: {
      out.kind = ExprKind::sort_order;
      TRY(auto key, sort_key(message.sort_order()));
      out.children = {key.child};
      out.order = {std::move(key)};
      break;
    }
    case proto::Expression::kCommonInlineUserDefinedFunction:
      return std::unexpected(unsupported_feature("the user-defined function " + message.common_inline_user_defined_function().function_name() + " (Python workers are not attached to Spark sessions)"));
    default: return std::unexpected(unsupported_feature("an expression message with field " + std::to_string(message.expr_type_case())));
  }
  return std::make_shared<Expr>(std::move(out));
}

Result<ExprPtr> Decoder::expression(const proto::Expression& message) {
  Depth guard(depth_);
  if (depth_ > kDepthMax) return std::unexpected(unsupported_feature("a plan that is nested so deeply"));
  switch (message.expr_type_case()) {
    case proto::Expression::kLiteral: return decode_literal(message.literal());
    case proto::Expression::kUnresolvedAttribute: {
      TRY(auto parts, name_parts(message.unresolved_attribute().unparsed_identifier()));
      Expr out{.kind = ExprKind::attribute, .names = std::move(parts)};
      if (message.unresolved_attribute().has_plan_id()) out.plan_id = message.unresolved_attribute().plan_id();
      return std::make_shared<Expr>(std::move(out));
    }
    case proto::Expression::kUnresolvedStar: {
      Expr out{.kind = ExprKind::star};
      auto target = message.unresolved_star().unparsed_target();
      if (target.ends_with(".*")) target.resize(target.size() - 2);
      if (!target.empty()) {
        TRY(out.names, name_parts(target));
      }
      if (message.unresolved_star().has_plan_id()) out.plan_id = message.unresolved_star().plan_id();
      return std::make_shared<Expr>(std::move(out));
    }
    case proto::Expression::kExpressionString: return parse_expression(message.expression_string().expression());
    case proto::Expression::kUnresolvedNamedLambdaVariable:
      return std::make_shared<Expr>(Expr{.kind = ExprKind::lambda_variable, .names = {message.unresolved_named_lambda_variable().name_parts(0)}});
    case proto::Expression::kWindow: return window(message);
    case proto::Expression::kCast: return cast(message);
    case proto::Expression::kSubqueryExpression: return subquery(message);
    default: return composed(message);
  }
}

}  // namespace axonite::spark
