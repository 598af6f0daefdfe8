#include <fmt/format.h>

#include "base/text.h"
#include "tsql/convert.h"
#include "tsql/failure.h"
#include "tsql/parser.h"
#include "tsql/interpreter.h"

namespace axonite::tsql {

Result<void> Interpreter::select(const QueryStatement& statement, int line) {
  const Query& query = *statement.query;
  note_label(query);
  if (query.select && !query.select->into.empty()) {
    TRY(Object object, new_object(query.select->into, Object::Kind::table, line));
    return create_as(std::move(object), query, line);
  }
  bool assigns = query.select && !query.select->items.empty() && !query.select->items[0].variable.empty();
  if (assigns) return select_into_variables(query, line);
  Binder binder(state_);
  TRY(BoundQuery bound, binder.query(query));
  if (!bound.inputs.empty()) CHECK_OK(refuse_when_doomed(line));
  return stream(bound);
}

Result<void> Interpreter::stream(const BoundQuery& query) {
  std::vector<Column> columns;
  for (const OutputColumn& column : query.columns) columns.push_back({column.name, column.type});
  auto client = [&](Result<void> sent) {
    if (!sent) fatal_ = true;
    return sent;
  };
  if (state_.set.fmtonly) {
    CHECK_OK(client(sink_->columns(columns)));
    return done(Command::select, 0);
  }
  std::string sql = state_.set.rowcount > 0 ? fmt::format("SELECT * FROM ({}) LIMIT {}", query.sql, state_.set.rowcount) : query.sql;
  TRY(auto rows, engine_->query(sql));
  // The first chunk before the header: an error of execution then comes instead of a result, as the service has it.
  TRY(bool more, rows->next());
  CHECK_OK(client(sink_->columns(columns)));
  std::int64_t count = 0;
  while (more) {
    count += static_cast<std::int64_t>(rows->size());
    CHECK_OK(client(sink_->rows(*rows)));
    TRY(more, rows->next());
  }
  return done(Command::select, count);
}

Result<void> Interpreter::select_into_variables(const Query& query, int line) {
  for (const SelectItem& item : query.select->items)
    if (item.variable.empty())
      return std::unexpected(failure(141, "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.", line, 15));
  Binder binder(state_);
  TRY(BoundQuery bound, binder.query(query));
  if (!bound.inputs.empty()) CHECK_OK(refuse_when_doomed(line));
  std::string list;
  for (std::size_t i = 0; i < bound.columns.size(); ++i) {
    const SelectItem& item = query.select->items[i];
    auto found = state_.variables.find(text::to_lower(item.variable));
    if (found == state_.variables.end()) return std::unexpected(failure(137, fmt::format("Must declare the scalar variable \"{}\".", item.variable), line, 15));
    if (item.assignment != "=") return std::unexpected(not_supported("SELECT @variable " + item.assignment, line));
    Bound value{.sql = fmt::format("r.\"{}\"", bound.columns[i].sql_name), .type = bound.columns[i].type, .null_literal = bound.columns[i].null_literal};
    TRY(value, convert(std::move(value), found->second.type, Conversion::explicit_, {}, {}, line));
    list += (i ? ", " : "") + value.sql;
  }
  TRY(auto rows, engine_->query(fmt::format("SELECT {} FROM ({}) AS r", list, bound.sql)));
  std::int64_t count = 0;
  while (true) {
    TRY(bool more, rows->next());
    if (!more) break;
    if (rows->size() == 0) continue;
    count += static_cast<std::int64_t>(rows->size());
    for (std::size_t i = 0; i < bound.columns.size(); ++i)
      state_.variables[text::to_lower(query.select->items[i].variable)].value = rows->value(i, rows->size() - 1);
  }
  return done(Command::select, count);
}

Result<void> Interpreter::lineage(Lineage lineage) {
  if (lineage.output.find('#') != std::string::npos) return ok();
  pending_lineage_.push_back(lineage_json(state_, lineage));
  return ok();
}

Result<std::vector<Column>> Interpreter::describe(std::string_view text, std::span<const Parameter> parameters) {
  TRY(Block block, parse_batch(text));
  auto saved = state_.variables;
  state_.variables.clear();
  state_.statement_time = state_.clock->now();
  for (const Parameter& parameter : parameters) state_.variables[text::to_lower(parameter.name)] = {parameter.type, parameter.value};
  std::vector<Column> columns;
  Result<void> failed = ok();
  for (const Statement& statement : block) {
    if (auto* node = std::get_if<DeclareStatement>(&statement.node)) (void)declare(*node);
    auto* node = std::get_if<QueryStatement>(&statement.node);
    if (!node || (node->query->select && !node->query->select->items[0].variable.empty())) continue;
    Binder binder(state_);
    auto bound = binder.query(*node->query);
    if (!bound) failed = std::unexpected(std::move(bound.error()));
    else
      for (const OutputColumn& column : bound->columns) columns.push_back({column.name, column.type});
    break;
  }
  state_.variables = std::move(saved);
  if (!failed) return std::unexpected(std::move(failed.error()));
  return columns;
}

}  // namespace axonite::tsql
