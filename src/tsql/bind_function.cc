#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tsql/convert.h"
#include "tsql/failure.h"
#include "tsql/functions.h"

namespace axonite::tsql {
namespace {

Type widest_string(const Type& like) {
  return is_unicode(like.id) ? Type{.id = TypeId::nvarchar, .length = 4000} : Type{.id = TypeId::varchar, .length = 8000};
}

Result<Bound> as_letter(Bound value, char letter, int line) {
  auto to = [&](Type type) { return convert(std::move(value), type, Conversion::implicit, {}, {}, line); };
  switch (letter) {
    case 's':
      if (is_string(value.type.id) && !value.null_literal) return value;
      return to({.id = TypeId::nvarchar, .length = 4000});
    case 'i': return to({.id = TypeId::int_});
    case 'b': return to({.id = TypeId::bigint});
    case 'f': return to({.id = TypeId::float_});
    case 'd': return value.type.id == TypeId::datetime ? Result<Bound>(value) : to({.id = TypeId::datetime2, .scale = 7});
    case 'u': return to({.id = TypeId::uniqueidentifier});
    case 'v': return to({.id = TypeId::varbinary, .length = 8000});
    case 'n':
      if (is_string(value.type.id) || value.null_literal) return to({.id = TypeId::float_});
      if (value.type.id == TypeId::bit) return to({.id = TypeId::int_});
      if (!is_numeric(value.type.id))
        return std::unexpected(failure(8116, fmt::format("Argument data type {} is invalid for argument 1 of this function.", type_base_name(value.type.id)), line));
      return value;
    default: return value;
  }
}

Result<Type> result_type(std::string_view rule, const std::vector<Bound>& arguments) {
  if (rule == "=1") {
    Type type = arguments.at(0).type;
    if (type.id == TypeId::tinyint || type.id == TypeId::smallint) type = {.id = TypeId::int_};
    if (type.id == TypeId::real) type = {.id = TypeId::float_};
    return type;
  }
  if (rule == "s1") {
    Type type = arguments.at(0).type;
    type.id = is_unicode(type.id) ? TypeId::nvarchar : TypeId::varchar;
    return type;
  }
  if (rule == "S") {
    bool unicode = std::any_of(arguments.begin(), arguments.end(), [](const Bound& a) { return is_unicode(a.type.id); });
    bool unbounded = std::any_of(arguments.begin(), arguments.end(), [](const Bound& a) { return is_string(a.type.id) && a.type.length < 0; });
    Type type = widest_string({.id = unicode ? TypeId::nvarchar : TypeId::varchar});
    if (unbounded) type.length = -1;
    return type;
  }
  auto open = rule.find('(');
  std::optional<int> length;
  if (open != std::string_view::npos) {
    std::string_view inner = rule.substr(open + 1, rule.size() - open - 2);
    length = inner == "max" ? -1 : text::parse_int<int>(inner).value_or(1);
  }
  return *make_type(rule.substr(0, open), length, std::nullopt);
}

std::string filled(std::string_view sql, const std::vector<Bound>& arguments) {
  std::string out;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '$' && i + 1 < sql.size() && sql[i + 1] == '*') {
      for (std::size_t a = 0; a < arguments.size(); ++a) out += (a ? ", " : "") + arguments[a].sql;
      ++i;
    } else if (sql[i] == '$' && i + 1 < sql.size() && sql[i + 1] >= '1' && sql[i + 1] <= '9') {
      out += arguments.at(static_cast<std::size_t>(sql[++i] - '1')).sql;
    } else {
      out += sql[i];
    }
  }
  return out;
}

bool takes(const FunctionRow& row, std::size_t count) {
  if (row.arguments.ends_with('*')) return count + 2 > row.arguments.size() - 1 && count + 2 >= row.arguments.size();
  return row.arguments.size() == count;
}

std::string round_sql(const std::vector<Bound>& arguments) {
  Type type = as_decimal(arguments[0].type);
  std::string integer = fmt::format("axonite.round_to(axonite.unscaled({}), {}, {}, {})", arguments[0].sql, type.scale, arguments[1].sql, arguments.size() > 2 ? arguments[2].sql : "0");
  return type.scale > 0 ? fmt::format("axonite.pointed({}, {})", integer, type.scale) : integer;
}

Result<Bound> apply(const FunctionRow& row, std::vector<Bound> arguments, int line) {
  bool repeats = row.arguments.ends_with('*');
  std::string_view letters = repeats ? row.arguments.substr(0, row.arguments.size() - 1) : row.arguments;
  Bound bound{.derivation = Derivation::transformation};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    bound.origins.insert(arguments[i].origins.begin(), arguments[i].origins.end());
    bound.derivation = std::max(bound.derivation, arguments[i].derivation);
    TRY(arguments[i], as_letter(std::move(arguments[i]), letters[std::min(i, letters.size() - 1)], line));
  }
  TRY(bound.type, result_type(row.result, arguments));
  bound.type.nullable = true;
  std::string sql = filled(row.sql, arguments);
  if (row.result == "=1" && is_exact_numeric(bound.type.id)) {
    // Exact numbers stay exact: nothing of theirs goes through DOUBLE but POWER, as in T-SQL.
    bool whole = is_integer(bound.type.id);
    if (row.name == "POWER" && whole) sql = fmt::format("trunc(CAST(({}) AS DOUBLE))", sql);
    if ((row.name == "CEILING" || row.name == "FLOOR") && whole) sql = arguments[0].sql;
    if ((row.name == "CEILING" || row.name == "FLOOR") && bound.type.id == TypeId::decimal) bound.type.scale = 0;
    if (row.name == "ROUND") sql = round_sql(arguments);
  }
  bound.sql = is_string(bound.type.id) ? fmt::format("({})", sql) : fmt::format("CAST(({}) AS {})", sql, engine_type_text(bound.type));
  return bound;
}

}  // namespace

Result<Bound> Binder::function(const Expression& call, Scope* scope) {
  std::string name = text::to_upper(call.name.back());
  if (call.name.size() == 2 && (name == "FILEPATH" || name == "FILENAME")) return file_function(call, scope);
  if (call.name.size() > 1 && !text::equals_ignoring_case(call.name[0], "sys"))
    return std::unexpected(failure(4121, fmt::format("Cannot find either column \"{}\" or the user-defined function or aggregate \"{}\", or the name is ambiguous.", call.name[0], text::join(call.name, ".")), call.line));
  for (auto rule : {aggregate_rule, conditional_rule, date_rule, session_rule}) {
    TRY(auto bound, rule(*this, call, scope));
    if (bound) return std::move(*bound);
  }
  if (call.over || call.distinct || !call.within_group.empty())
    return std::unexpected(failure(10753, fmt::format("The function '{}' must have an OVER clause of an aggregate or window function.", call.name.back()), call.line, 15));
  bool known = false;
  for (auto table : {string_functions(), math_functions(), date_functions()}) {
    for (const FunctionRow& row : table) {
      if (row.name != name) continue;
      known = true;
      if (!takes(row, call.children.size())) continue;
      TRY(auto arguments, values(call.children, scope));
      return apply(row, std::move(arguments), call.line);
    }
  }
  if (known)
    return std::unexpected(failure(174, fmt::format("The {} function requires another number of arguments than {}.", text::to_lower(name), call.children.size()), call.line, 15));
  return std::unexpected(failure(195, fmt::format("'{}' is not a recognized built-in function name.", call.name.back()), call.line, 15, 10));
}

Result<Bound> Binder::file_function(const Expression& call, Scope* scope) {
  bool path = text::equals_ignoring_case(call.name.back(), "filepath");
  for (Scope* at = scope; at; at = at->outer) {
    for (const Source& source : at->sources) {
      if (!source.files || !text::equals_ignoring_case(source.alias, call.name[0])) continue;
      Bound bound{.type = {.id = TypeId::nvarchar, .length = 1024}, .derivation = Derivation::transformation};
      std::string file = fmt::format("\"{}\".\"filename\"", source.emitted);
      if (!path) {
        bound.sql = fmt::format("regexp_extract({}, '[^/]*$')", file);
      } else if (call.children.empty()) {
        bound.sql = fmt::format("axonite.url_of({})", file);
      } else {
        int wildcard = text::parse_int<int>(call.children[0]->text).value_or(0);
        if (wildcard < 1 || wildcard > 20) return std::unexpected(failure(174, "The filepath function requires the number of a wildcard.", call.line, 15));
        bound.sql = fmt::format("regexp_extract({}, {}, {})", file, engine::quote_literal(source.schema), wildcard);
      }
      return bound;
    }
  }
  return std::unexpected(failure(4104, fmt::format("The multi-part identifier \"{}\" could not be bound.", text::join(call.name, ".")), call.line));
}

}  // namespace axonite::tsql
