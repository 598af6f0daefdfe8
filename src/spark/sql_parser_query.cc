#include <algorithm>

#include "base/text.h"
#include "spark/errors.h"
#include "spark/analyzer.h"
#include "spark/sql_parser.h"

namespace axonite::spark {
namespace {

std::shared_ptr<Relation> over(RelationKind kind, RelationPtr input) {
  auto made = std::make_shared<Relation>();
  made->kind = kind;
  made->inputs = {std::move(input)};
  return made;
}

bool has_aggregate(const Expr& expr) {
  if (expr.kind == ExprKind::window || expr.subquery) return false;
  if (expr.kind == ExprKind::function && is_aggregate_function(expr.names[0])) return true;
  return std::ranges::any_of(expr.children, [](auto& child) { return has_aggregate(*child); });
}

}  // namespace

// WITH names, the sets, then ORDER BY and LIMIT of the whole.
Result<RelationPtr> Parser::query() {
  if (++depth_ > 100) return std::unexpected(syntax_error("a query that is nested so deeply"));
  auto out = [&]() -> Result<RelationPtr> {
    auto views = over(RelationKind::with_views, nullptr);
    if (take_word("WITH")) {
      do {
        TRY(auto view, name());
        std::vector<std::string> columns;
        if (take_symbol("(")) {
          do {
            TRY(auto column, name());
            columns.push_back(std::move(column));
          } while (take_symbol(","));
          CHECK_OK(expect_symbol(")"));
        }
        take_word("AS");
        CHECK_OK(expect_symbol("("));
        TRY(auto inner, query());
        CHECK_OK(expect_symbol(")"));
        if (!columns.empty()) {
          auto renamed = over(RelationKind::to_df, inner);
          renamed->names = std::move(columns);
          inner = renamed;
        }
        views->names.push_back(std::move(view));
        views->inputs.push_back(std::move(inner));
      } while (take_symbol(","));
    }
    TRY(auto body, set_expression());
    TRY(body, order_and_limit(std::move(body)));
    if (views->names.empty()) return body;
    views->inputs[0] = body;
    return views;
  }();
  --depth_;
  return out;
}

Result<RelationPtr> Parser::order_and_limit(RelationPtr relation) {
  if (take_words({"ORDER", "BY"}) || take_words({"SORT", "BY"})) {
    auto sorted = over(RelationKind::sort, relation);
    TRY(sorted->order, sort_keys());
    relation = sorted;
  } else if (take_words({"CLUSTER", "BY"}) || take_words({"DISTRIBUTE", "BY"})) {
    TRY(auto keys, expression_list());  // where rows lie is no matter here
  }
  std::int64_t limit = -1, offset = 0;
  auto number = [&](std::int64_t& out) -> Result<void> {
    auto value = text::parse_int<std::int64_t>(token().text);
    if (!value || *value < 0) return std::unexpected(here());
    ++at_;
    out = *value;
    return ok();
  };
  if (take_word("LIMIT") && !take_word("ALL")) CHECK_OK(number(limit));
  if (take_word("OFFSET")) CHECK_OK(number(offset));
  if (limit < 0 && offset == 0) return relation;
  auto cut = over(RelationKind::limit, relation);
  cut->a = limit;
  cut->b = offset;
  return cut;
}

Result<RelationPtr> Parser::set_expression(int binding) {
  TRY(auto left, query_term());
  while (true) {
    bool intersect = is_word("INTERSECT");
    bool lower = is_word("UNION") || is_word("EXCEPT") || is_word("MINUS");
    if (!intersect && (!lower || binding > 0)) return left;
    if (intersect && binding > 1) return left;
    auto made = over(RelationKind::set_op, left);
    made->set_op = intersect ? SetOp::intersect : is_word("UNION") ? SetOp::union_ : SetOp::except;
    ++at_;
    made->flag = take_word("ALL");
    if (!made->flag) take_word("DISTINCT");
    TRY(auto right, set_expression(intersect ? 2 : 1));
    made->inputs.push_back(std::move(right));
    left = made;
  }
}

Result<RelationPtr> Parser::query_term() {
  if (take_symbol("(")) {
    TRY(auto inner, query());
    CHECK_OK(expect_symbol(")"));
    return inner;
  }
  if (is_word("VALUES")) return values();
  if (take_word("TABLE")) {
    auto table = std::make_shared<Relation>(Relation{.kind = RelationKind::table});
    TRY(table->names, qualified_name());
    return table;
  }
  return select();
}

Result<RelationPtr> Parser::values() {
  CHECK_OK(expect_word("VALUES"));
  auto made = std::make_shared<Relation>(Relation{.kind = RelationKind::values});
  do {
    if (!take_symbol("(")) {
      TRY(auto one, expression());
      made->rows.push_back({std::move(one)});
      continue;
    }
    TRY(auto row, expression_list());
    CHECK_OK(expect_symbol(")"));
    made->rows.push_back(std::move(row));
  } while (take_symbol(","));
  return made;
}

Result<std::vector<ExprPtr>> Parser::select_list() {
  std::vector<ExprPtr> list;
  do {
    TRY(auto item, expression());
    bool as = take_word("AS");
    if (as && take_symbol("(")) {  // posexplode(x) AS (p, v)
      Expr several{.kind = ExprKind::alias, .children = {item}};
      do {
        TRY(auto part, name());
        several.names.push_back(std::move(part));
      } while (take_symbol(","));
      CHECK_OK(expect_symbol(")"));
      item = std::make_shared<Expr>(std::move(several));
    } else if (as || is_name()) {
      TRY(auto named, name());
      item = alias(std::move(item), named);
    }
    list.push_back(std::move(item));
  } while (take_symbol(","));
  return list;
}

Result<RelationPtr> Parser::select() {
  CHECK_OK(expect_word("SELECT"));
  bool distinct = take_word("DISTINCT");
  if (!distinct) take_word("ALL");
  TRY(auto list, select_list());
  RelationPtr from = std::make_shared<Relation>();
  if (take_word("FROM")) {
    TRY(from, from_clause());
  }
  TRY(from, lateral_views(std::move(from)));
  if (take_word("WHERE")) {
    auto filtered = over(RelationKind::filter, from);
    TRY(auto condition, expression());
    filtered->exprs = {std::move(condition)};
    from = filtered;
  }
  TRY(auto made, grouped(std::move(from), std::move(list)));
  if (take_word("QUALIFY")) return std::unexpected(unsupported_feature("QUALIFY"));
  if (is_word("WINDOW")) return std::unexpected(unsupported_feature("named windows"));
  if (distinct) made = over(RelationKind::deduplicate, made);
  return made;
}

// GROUP BY and HAVING, or a plain list.
Result<RelationPtr> Parser::grouped(RelationPtr from, std::vector<ExprPtr> list) {
  bool by = take_words({"GROUP", "BY"});
  bool aggregates = std::ranges::any_of(list, [](auto& item) { return has_aggregate(*item); });
  if (!by && !aggregates && !is_word("HAVING")) {
    auto made = over(RelationKind::project, std::move(from));
    made->exprs = std::move(list);
    return made;
  }
  auto made = over(RelationKind::aggregate, std::move(from));
  made->exprs = std::move(list);
  if (by && (is_word("ROLLUP") || is_word("CUBE")) && is_symbol("(", 1)) {
    made->group = is_word("CUBE") ? GroupKind::cube : GroupKind::rollup;
    at_ += 2;
    TRY(made->groups, expression_list());
    CHECK_OK(expect_symbol(")"));
  } else if (by && take_words({"GROUPING", "SETS"})) {
    made->group = GroupKind::sets;
    CHECK_OK(expect_symbol("("));
    do {
      auto& set = made->rows.emplace_back();
      if (!take_symbol("(")) {
        TRY(auto one, expression());
        set = {std::move(one)};
        continue;
      }
      if (!is_symbol(")")) {
        TRY(set, expression_list());
      }
      CHECK_OK(expect_symbol(")"));
    } while (take_symbol(","));
    CHECK_OK(expect_symbol(")"));
  } else if (by && take_word("ALL")) {
    for (auto& item : made->exprs)
      if (!has_aggregate(*item)) made->groups.push_back(item);
  } else if (by) {
    TRY(made->groups, expression_list());
    if (take_words({"WITH", "ROLLUP"})) made->group = GroupKind::rollup;
    if (take_words({"WITH", "CUBE"})) made->group = GroupKind::cube;
  }
  if (!take_word("HAVING")) return made;
  auto filtered = over(RelationKind::filter, made);
  TRY(auto condition, expression());
  filtered->exprs = {std::move(condition)};
  return filtered;
}

Result<RelationPtr> Parser::from_clause() {
  TRY(auto left, table_primary());
  TRY(left, join_tail(std::move(left)));
  while (take_symbol(",")) {
    auto joined = over(RelationKind::join, left);
    joined->join = JoinKind::cross;
    TRY(auto right, table_primary());
    TRY(right, join_tail(std::move(right)));
    joined->inputs.push_back(std::move(right));
    left = joined;
  }
  return left;
}

Result<RelationPtr> Parser::join_tail(RelationPtr left) {
  while (true) {
    auto before = at_;
    Relation made{.kind = RelationKind::join, .inputs = {left}};
    made.natural = take_word("NATURAL");
    if (take_word("CROSS")) made.join = JoinKind::cross;
    else if (take_word("INNER")) made.join = JoinKind::inner;
    else if (take_word("FULL")) made.join = JoinKind::full;
    else if (take_word("RIGHT")) made.join = JoinKind::right;
    else if (take_word("LEFT")) made.join = take_word("SEMI") ? JoinKind::semi : take_word("ANTI") ? JoinKind::anti : JoinKind::left;
    else if (take_word("SEMI")) made.join = JoinKind::semi;
    else if (take_word("ANTI")) made.join = JoinKind::anti;
    take_word("OUTER");
    if (!take_word("JOIN")) {
      if (at_ != before) return std::unexpected(here());
      return left;
    }
    if (is_word("LATERAL")) return std::unexpected(unsupported_feature("LATERAL joins"));
    TRY(auto right, table_primary());
    made.inputs.push_back(std::move(right));
    if (take_word("ON")) {
      TRY(auto condition, expression());
      made.groups = {std::move(condition)};
    } else if (take_word("USING")) {
      CHECK_OK(expect_symbol("("));
      do {
        TRY(auto column, name());
        made.names.push_back(std::move(column));
      } while (take_symbol(","));
      CHECK_OK(expect_symbol(")"));
    }
    left = std::make_shared<Relation>(std::move(made));
  }
}

Result<RelationPtr> Parser::aliased(RelationPtr relation) {
  bool as = take_word("AS");
  if (!as && !is_name()) return relation;
  auto made = over(RelationKind::alias, relation);
  TRY(auto named, name());
  made->names = {std::move(named)};
  if (take_symbol("(")) {
    do {
      TRY(auto column, name());
      made->names.push_back(std::move(column));
    } while (take_symbol(","));
    CHECK_OK(expect_symbol(")"));
  }
  return made;
}

Result<RelationPtr> Parser::table_primary() {
  if (is_word("LATERAL") && !is_word("VIEW", 1)) return std::unexpected(unsupported_feature("LATERAL subqueries"));
  if (take_symbol("(")) {
    RelationPtr inner;
    if (is_word("SELECT") || is_word("WITH") || is_word("VALUES") || is_symbol("(")) {
      TRY(inner, query());
    } else {
      TRY(inner, from_clause());
    }
    CHECK_OK(expect_symbol(")"));
    return aliased(std::move(inner));
  }
  if (is_word("VALUES")) {
    TRY(auto inline_table, values());
    return aliased(std::move(inline_table));
  }
  if (is_word("range") && is_symbol("(", 1)) {
    at_ += 2;
    std::vector<std::int64_t> bounds;
    do {
      TRY(auto bound, expression());
      auto value = text::parse_int<std::int64_t>(bound->text);
      if (!value) return std::unexpected(unsupported_feature("range() with bounds that are no constants"));
      bounds.push_back(*value);
    } while (take_symbol(","));
    CHECK_OK(expect_symbol(")"));
    Relation range{.kind = RelationKind::range, .a = bounds.size() > 1 ? bounds[0] : 0, .b = bounds.size() > 1 ? bounds[1] : bounds[0], .c = bounds.size() > 2 ? bounds[2] : 1};
    return aliased(std::make_shared<Relation>(std::move(range)));
  }
  TRY(auto parts, qualified_name());
  if (is_symbol("(")) return std::unexpected(unsupported_feature("the table-valued function " + parts.back()));
  Relation table{.kind = RelationKind::table, .names = parts};
  // delta.`abfss://…`, parquet.`…`: files, named in place.
  for (auto format : {"parquet", "csv", "json", "delta", "text"})
    if (parts.size() == 2 && text::equals_ignoring_case(parts[0], format)) table = {.kind = RelationKind::files, .names = {parts[1]}, .text = format};
  if (is_word("TABLESAMPLE")) return std::unexpected(unsupported_feature("TABLESAMPLE"));
  if (is_word("VERSION") || is_word("TIMESTAMP")) {
    bool version = is_word("VERSION");
    if (take_words({version ? "VERSION" : "TIMESTAMP", "AS", "OF"})) {
      table.options[version ? "versionasof" : "timestampasof"] = token().text;
      ++at_;
    }
  }
  return aliased(std::make_shared<Relation>(std::move(table)));
}

Result<RelationPtr> Parser::lateral_views(RelationPtr relation) {
  while (take_words({"LATERAL", "VIEW"})) {
    bool outer = take_word("OUTER");
    auto made = over(RelationKind::lateral_view, relation);
    TRY(auto generator, expression());
    if (outer && generator->kind == ExprKind::function) generator = call(generator->names[0] + "_outer", generator->children);
    made->exprs = {std::move(generator)};
    made->names = {""};
    if (is_name()) {
      TRY(made->names[0], name());
    }
    if (take_word("AS")) do {
        TRY(auto column, name());
        made->names.push_back(std::move(column));
      } while (take_symbol(","));
    relation = made;
  }
  return relation;
}

}  // namespace axonite::spark
