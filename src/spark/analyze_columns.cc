// Relations that make, change or drop columns.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "engine/session.h"
#include "spark/analyzer.h"
#include "spark/errors.h"

namespace axonite::spark {
namespace {

bool same(std::string_view a, std::string_view b) { return text::equals_ignoring_case(a, b); }

std::string from(const Analyzed& child) { return " FROM (" + child.sql + ")"; }

std::vector<Typed> all_of(const Analyzed& child) {
  std::vector<Typed> columns;
  for (auto& attribute : child.output) columns.push_back(typed_of(attribute));
  return columns;
}

bool chosen(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::ranges::any_of(names, [&](auto& one) { return same(one, name); });
}

}  // namespace

Result<Analyzed> Analyzer::renamed(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  auto columns = all_of(child);
  if (relation.kind == RelationKind::to_df && relation.names.size() != columns.size())
    return std::unexpected(condition(Error::Kind::invalid, "ASSIGNMENT_ARITY_MISMATCH", "42802",
                                     fmt::format("The number of columns or variables assigned or aliased: {} does not match the number of source expressions: {}.", relation.names.size(), columns.size()),
                                     {{"numTarget", std::to_string(relation.names.size())}, {"numExpr", std::to_string(columns.size())}}));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (relation.kind == RelationKind::to_df) {
      columns[i].name = relation.names[i];
      columns[i].id = 0;
      continue;
    }
    for (std::size_t pair = 0; pair + 1 < relation.names.size(); pair += 2)
      if (same(columns[i].name, relation.names[pair])) {
        columns[i].name = relation.names[pair + 1];
        columns[i].id = 0;
      }
  }
  return select(columns, from(child), child.output);
}

Result<Analyzed> Analyzer::with_columns(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  auto columns = all_of(child);
  Scope scope{.attributes = &child.output, .outer = outer_};
  for (auto& expr : relation.exprs) {
    TRY(auto value, expression(*expr, scope));
    if (value.columns.size() == 1) value = value.columns[0];
    value.id = 0;
    bool replaced = false;
    for (auto& column : columns)
      if (same(column.name, value.name)) {
        column = value;
        replaced = true;
      }
    if (!replaced) columns.push_back(value);
  }
  return select(columns, from(child), child.output);
}

Result<Analyzed> Analyzer::drop(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  Scope scope{.attributes = &child.output};
  std::vector<std::uint64_t> gone;
  for (auto& expr : relation.exprs)
    if (auto typed = expression(*expr, scope); typed && typed->id) gone.push_back(typed->id);
  std::vector<Typed> columns;
  for (auto& attribute : child.output)
    if (std::ranges::find(gone, attribute.id) == gone.end() && (relation.names.empty() || !chosen(relation.names, attribute.name))) columns.push_back(typed_of(attribute));
  return select(columns, from(child), child.output);
}

Result<Analyzed> Analyzer::unpivot(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  Scope scope{.attributes = &child.output};
  TRY(auto columns, outputs(relation.exprs, scope));
  std::vector<Typed> values;
  if (relation.flag) {
    TRY(values, outputs(relation.groups, scope));
  } else {
    for (auto& typed : all_of(child))
      if (std::ranges::none_of(columns, [&](auto& id) { return id.id == typed.id; })) values.push_back(typed);
  }
  if (values.empty()) return std::unexpected(condition(Error::Kind::invalid, "UNPIVOT_REQUIRES_VALUE_COLUMNS", "42K0A", "At least one value column needs to be specified for UNPIVOT, all columns specified as ids."));
  DataType type = values[0].type;
  for (auto& value : values) {
    auto both = common_type(type, value.type);
    if (!both) return std::unexpected(condition(Error::Kind::invalid, "UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09", "Unpivot value columns must share a least common type, some types do not."));
    type = *both;
  }
  std::vector<std::string> names, cells;
  for (auto& value : values) {
    names.push_back(engine::quote_literal(value.name));
    cells.push_back(cast_sql(value, type));
  }
  columns.push_back({.sql = "unnest([" + text::join(names, ", ") + "])", .type = {TypeKind::string}, .nullable = false, .name = relation.names[0]});
  columns.push_back({.sql = "unnest([" + text::join(cells, ", ") + "])", .type = type, .name = relation.names[1]});
  return select(columns, from(child), child.output);
}

Result<Analyzed> Analyzer::to_schema(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  Scope scope{.attributes = &child.output};
  std::vector<Typed> columns;
  for (auto& field : relation.type.fields) {
    TRY(auto typed, expression(*spark::attribute({field.name}), scope));
    columns.push_back({.sql = cast_sql(typed, field.type), .type = field.type, .nullable = field.nullable, .name = field.name, .origins = typed.origins});
  }
  return select(columns, from(child), child.output);
}

Result<Analyzed> Analyzer::missing_values(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  auto columns = all_of(child);
  if (relation.kind == RelationKind::drop_na) {
    std::vector<std::string> present;
    for (auto& column : columns) {
      bool fraction = column.type.is(TypeKind::double_) || column.type.is(TypeKind::float_);
      if (chosen(relation.names, column.name)) present.push_back(fmt::format("({0} IS NOT NULL{1})::INT", column.sql, fraction ? fmt::format(" AND NOT isnan({})", column.sql) : ""));
    }
    auto wanted = relation.a < 0 ? static_cast<std::int64_t>(present.size()) : relation.a;
    child.sql = fmt::format("SELECT * FROM ({}) WHERE {} >= {}", child.sql, present.empty() ? "0" : text::join(present, " + "), wanted);
    return child;
  }
  Scope scope;
  std::vector<Typed> values;
  for (auto& expr : relation.exprs) {
    TRY(auto value, expression(*expr, scope));
    values.push_back(std::move(value));
  }
  auto fits = [](const DataType& column, const DataType& value) { return column.kind == value.kind || (column.is_numeric() && value.is_numeric()); };
  for (auto& column : columns) {
    if (!chosen(relation.names, column.name)) continue;
    if (relation.kind == RelationKind::fill_na) {
      std::size_t place = 0;
      if (values.size() > 1)
        while (place < relation.names.size() && !same(relation.names[place], column.name)) ++place;
      if (place >= values.size() || !fits(column.type, values[place].type)) continue;
      bool fraction = column.type.is(TypeKind::double_) || column.type.is(TypeKind::float_);
      auto value = cast_sql(values[place], column.type);
      column.sql = fraction ? fmt::format("CASE WHEN {0} IS NULL OR isnan({0}) THEN {1} ELSE {0} END", column.sql, value) : fmt::format("coalesce({}, {})", column.sql, value);
      column.nullable = false;
    } else {
      std::string cases;
      for (std::size_t i = 0; i + 1 < values.size(); i += 2)
        if (fits(column.type, values[i].type)) cases += fmt::format(" WHEN {} = {} THEN {}", column.sql, cast_sql(values[i], column.type), cast_sql(values[i + 1], column.type));
      if (cases.empty()) continue;
      column.sql = "CASE" + cases + " ELSE " + column.sql + " END";
    }
    column.id = 0;
  }
  return select(columns, from(child), child.output);
}

// describe() and summary(): a row per statistic, all as text.
Result<Analyzed> Analyzer::statistics(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  bool describe = relation.kind == RelationKind::describe;
  std::vector<std::string> wanted{"count", "mean", "stddev", "min", "max"};
  if (!describe) wanted = relation.names.empty() ? std::vector<std::string>{"count", "mean", "stddev", "min", "25%", "50%", "75%", "max"} : relation.names;
  std::vector<Typed> columns;
  for (auto& column : all_of(child))
    if ((column.type.is_numeric() || column.type.is(TypeKind::string)) && (!describe || chosen(relation.names, column.name))) columns.push_back(column);
  Analyzed out;
  out.output.push_back(fresh("summary", {TypeKind::string}, true));
  for (auto& column : columns) out.output.push_back(fresh(column.name, {TypeKind::string}, true));
  std::vector<std::string> rows;
  for (std::size_t place = 0; place < wanted.size(); ++place) {
    std::string row = fmt::format("SELECT {} AS p_, {} AS {}", place, engine::quote_literal(wanted[place]), column_of(out.output[0]));
    for (std::size_t i = 0; i < columns.size(); ++i) {
      auto& column = columns[i];
      auto number = column.type.is_numeric() ? "CAST(" + column.sql + " AS DOUBLE)" : "TRY_CAST(" + column.sql + " AS DOUBLE)";
      Typed value{.type = {TypeKind::double_}};
      if (wanted[place] == "count") value = {.sql = "count(" + column.sql + ")", .type = {TypeKind::long_}};
      else if (wanted[place] == "mean") value.sql = "avg(" + number + ")";
      else if (wanted[place] == "stddev") value.sql = "stddev_samp(" + number + ")";
      else if (wanted[place] == "min" || wanted[place] == "max") value = {.sql = wanted[place] + "(" + column.sql + ")", .type = column.type};
      else if (auto percent = text::parse_int<int>(std::string_view(wanted[place]).substr(0, wanted[place].size() - 1)); percent && wanted[place].ends_with('%') && *percent <= 100)
        value.sql = fmt::format("quantile_disc({}, {})", column.type.is_numeric() ? column.sql : number, *percent / 100.0), value.type = column.type.is_numeric() ? column.type : DataType{TypeKind::double_};
      else return std::unexpected(unsupported_feature("the statistic " + wanted[place]));
      row += fmt::format(", {} AS {}", cast_sql(value, {TypeKind::string}), column_of(out.output[i + 1]));
    }
    rows.push_back(row + from(child));
  }
  std::vector<std::string> names;
  for (auto& attribute : out.output) names.push_back(column_of(attribute));
  out.sql = fmt::format("SELECT {} FROM ({}) ORDER BY p_", text::join(names, ", "), text::join(rows, " UNION ALL "));
  return out;
}

Result<Analyzed> Analyzer::shown(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  TRY(auto text, source_.render(child, relation));
  auto column = fresh(relation.kind == RelationKind::show ? "show_string" : "html_string", {TypeKind::string}, false);
  return Analyzed{"SELECT " + engine::quote_literal(text) + " AS " + column_of(column), {column}};
}

// LATERAL VIEW [OUTER] generator(…) t AS a, b: rows.names holds the table's name, then the columns'.
Result<Analyzed> Analyzer::lateral_view(const Relation& relation) {
  TRY(auto child, this->relation(*relation.inputs[0]));
  Scope scope{.attributes = &child.output, .outer = outer_};
  TRY(auto generator, expression(*relation.exprs[0], scope));
  if (generator.columns.empty()) return std::unexpected(condition(Error::Kind::invalid, "UNSUPPORTED_GENERATOR.NOT_GENERATOR", "42K0E", "The generator is not supported: a generator function is wanted."));
  auto columns = all_of(child);
  auto old = columns.size();
  for (std::size_t i = 0; i < generator.columns.size(); ++i) {
    columns.push_back(generator.columns[i]);
    if (i + 1 < relation.names.size()) columns.back().name = relation.names[i + 1];
  }
  TRY(auto out, select(columns, from(child), child.output));
  for (auto i = old; i < out.output.size(); ++i) out.output[i].qualifier = {relation.names[0]};
  return out;
}

}  // namespace axonite::spark
