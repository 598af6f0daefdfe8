#include <spark/connect/relations.pb.h>

#include "base/text.h"
#include "spark/decode.h"
#include "spark/errors.h"
#include "spark/parser.h"

// Clients of 3.5 send fields that 4.2 calls deprecated.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace axonite::spark {
namespace {

constexpr int kDepthMax = 400;

std::map<std::string, std::string> lower_keys(const google::protobuf::Map<std::string, std::string>& options) {
  std::map<std::string, std::string> out;
  for (auto& [key, value] : options) out[text::to_lower(key)] = value;
  return out;
}

template <class Names>
std::vector<std::string> strings(const Names& names) {
  return {names.begin(), names.end()};
}

}  // namespace

template <class Messages>
Result<void> Decoder::expressions(const Messages& messages, std::vector<ExprPtr>& out) {
  for (auto& message : messages) {
    TRY(auto decoded, expression(message));
    out.push_back(std::move(decoded));
  }
  return ok();
}

template <class Messages>
Result<void> Decoder::sort_keys(const Messages& messages, std::vector<SortKey>& out) {
  for (auto& message : messages) {
    TRY(auto key, sort_key(message));
    out.push_back(std::move(key));
  }
  return ok();
}

Result<void> Decoder::input(const proto::Relation& message, Relation& out) {
  TRY(auto decoded, relation(message));
  out.inputs.push_back(std::move(decoded));
  return ok();
}

Result<RelationPtr> Decoder::relation(const proto::Relation& message) {
  if (depth_ >= kDepthMax) return std::unexpected(unsupported_feature("a plan that is nested so deeply"));
  ++depth_;
  auto out = std::make_shared<Relation>();
  if (message.common().has_plan_id()) out->plan_id = message.common().plan_id();
  auto decoded = decode_into(message, *out);
  --depth_;
  if (!decoded) return std::unexpected(std::move(decoded.error()));
  return out;
}

Result<void> Decoder::decode_into(const proto::Relation& message, Relation& out) {
  using Case = proto::Relation;
  switch (message.rel_type_case()) {
    case Case::kRead: return decode_read(message, out);
    case Case::kJoin: return decode_join(message, out);
    case Case::kAggregate: return decode_aggregate(message, out);
    case Case::kSql: return decode_sql(message, out);
    case Case::kWithRelations: return decode_with_relations(message, out);
    case Case::kLocalRelation:
    case Case::kCachedLocalRelation:
    case Case::kChunkedCachedLocalRelation: return decode_local(message, out);
    case Case::kProject:
      out.kind = RelationKind::project;
      if (message.project().has_input()) CHECK_OK(input(message.project().input(), out));
      else out.inputs.push_back(std::make_shared<Relation>());
      return expressions(message.project().expressions(), out.exprs);
    case Case::kFilter: {
      out.kind = RelationKind::filter;
      CHECK_OK(input(message.filter().input(), out));
      TRY(auto condition, expression(message.filter().condition()));
      out.exprs = {std::move(condition)};
      return ok();
    }
    case Case::kSetOp:
      out.kind = RelationKind::set_op;
      out.flag = message.set_op().is_all();
      out.by_name = message.set_op().by_name();
      out.missing = message.set_op().allow_missing_columns();
      out.set_op = message.set_op().set_op_type() == proto::SetOperation::SET_OP_TYPE_INTERSECT ? SetOp::intersect
                   : message.set_op().set_op_type() == proto::SetOperation::SET_OP_TYPE_EXCEPT  ? SetOp::except
                                                                                                : SetOp::union_;
      CHECK_OK(input(message.set_op().left_input(), out));
      return input(message.set_op().right_input(), out);
    case Case::kSort:
      out.kind = RelationKind::sort;
      CHECK_OK(input(message.sort().input(), out));
      return sort_keys(message.sort().order(), out.order);
    default: return decode_shape(message, out);
  }
}

// Those that change rows, not columns.
Result<void> Decoder::decode_shape(const proto::Relation& message, Relation& out) {
  using Case = proto::Relation;
  switch (message.rel_type_case()) {
    case Case::kLimit:
    case Case::kOffset: {
      out.kind = RelationKind::limit;
      bool limit = message.has_limit();
      out.a = limit ? message.limit().limit() : -1;
      out.b = limit ? 0 : message.offset().offset();
      return input(limit ? message.limit().input() : message.offset().input(), out);
    }
    case Case::kTail: out.kind = RelationKind::tail; out.a = message.tail().limit(); return input(message.tail().input(), out);
    case Case::kRange:
      out.kind = RelationKind::range;
      out.a = message.range().start();
      out.b = message.range().end();
      out.c = message.range().step();
      return ok();
    case Case::kSample:
      out.kind = RelationKind::sample;
      out.lower = message.sample().lower_bound();
      out.upper = message.sample().upper_bound();
      out.flag = message.sample().with_replacement();
      out.a = message.sample().seed();
      return input(message.sample().input(), out);
    case Case::kDeduplicate:
      out.kind = RelationKind::deduplicate;
      if (!message.deduplicate().all_columns_as_keys()) out.names = strings(message.deduplicate().column_names());
      return input(message.deduplicate().input(), out);
    case Case::kShowString:
      out.kind = RelationKind::show;
      out.a = message.show_string().num_rows();
      out.b = message.show_string().truncate();
      out.flag = message.show_string().vertical();
      return input(message.show_string().input(), out);
    case Case::kHtmlString:
      out.kind = RelationKind::html;
      out.a = message.html_string().num_rows();
      out.b = message.html_string().truncate();
      return input(message.html_string().input(), out);
    // How rows lie on machines is not a matter here: the plan below stands for itself.
    case Case::kRepartition: out.kind = RelationKind::limit; out.a = -1; return input(message.repartition().input(), out);
    case Case::kRepartitionByExpression: out.kind = RelationKind::limit; out.a = -1; return input(message.repartition_by_expression().input(), out);
    case Case::kHint: out.kind = RelationKind::limit; out.a = -1; return input(message.hint().input(), out);
    default: return decode_columns(message, out);
  }
}

// Those that change columns.
Result<void> Decoder::decode_columns(const proto::Relation& message, Relation& out) {
  using Case = proto::Relation;
  switch (message.rel_type_case()) {
    case Case::kSubqueryAlias:
      out.kind = RelationKind::alias;
      out.names = {message.subquery_alias().alias()};
      return input(message.subquery_alias().input(), out);
    case Case::kToDf: out.kind = RelationKind::to_df; out.names = strings(message.to_df().column_names()); return input(message.to_df().input(), out);
    case Case::kWithColumns:
      out.kind = RelationKind::with_columns;
      CHECK_OK(input(message.with_columns().input(), out));
      for (auto& column : message.with_columns().aliases()) {
        TRY(auto value, expression(column.expr()));
        if (column.name_size() != 1) return std::unexpected(unsupported_feature("a column with several names"));
        out.exprs.push_back(alias(std::move(value), column.name(0)));
      }
      return ok();
    case Case::kWithColumnsRenamed:
      out.kind = RelationKind::rename;
      for (auto& rename : message.with_columns_renamed().renames()) out.names.insert(out.names.end(), {rename.col_name(), rename.new_col_name()});
      for (auto& [from, to] : message.with_columns_renamed().rename_columns_map()) out.names.insert(out.names.end(), {from, to});
      return input(message.with_columns_renamed().input(), out);
    case Case::kDrop:
      out.kind = RelationKind::drop;
      out.names = strings(message.drop().column_names());
      CHECK_OK(input(message.drop().input(), out));
      return expressions(message.drop().columns(), out.exprs);
    case Case::kToSchema: {
      out.kind = RelationKind::to_schema;
      TRY(out.type, decode_type(message.to_schema().schema()));
      return input(message.to_schema().input(), out);
    }
    case Case::kUnpivot:
      out.kind = RelationKind::unpivot;
      out.names = {message.unpivot().variable_column_name(), message.unpivot().value_column_name()};
      out.flag = message.unpivot().has_values();
      CHECK_OK(input(message.unpivot().input(), out));
      CHECK_OK(expressions(message.unpivot().ids(), out.exprs));
      return expressions(message.unpivot().values().values(), out.groups);
    default: return decode_missing(message, out);
  }
}

Result<void> Decoder::decode_missing(const proto::Relation& message, Relation& out) {
  using Case = proto::Relation;
  auto literals = [&](const auto& messages) -> Result<void> {
    for (auto& value : messages) {
      TRY(auto decoded, decode_literal(value));
      out.exprs.push_back(std::move(decoded));
    }
    return ok();
  };
  switch (message.rel_type_case()) {
    case Case::kFillNa:
      out.kind = RelationKind::fill_na;
      out.names = strings(message.fill_na().cols());
      CHECK_OK(literals(message.fill_na().values()));
      return input(message.fill_na().input(), out);
    case Case::kDropNa:
      out.kind = RelationKind::drop_na;
      out.names = strings(message.drop_na().cols());
      out.a = message.drop_na().has_min_non_nulls() ? message.drop_na().min_non_nulls() : -1;
      return input(message.drop_na().input(), out);
    case Case::kReplace:
      out.kind = RelationKind::replace_na;
      out.names = strings(message.replace().cols());
      for (auto& pair : message.replace().replacements()) {
        TRY(auto from, decode_literal(pair.old_value()));
        TRY(auto to, decode_literal(pair.new_value()));
        out.exprs.insert(out.exprs.end(), {std::move(from), std::move(to)});
      }
      return input(message.replace().input(), out);
    case Case::kDescribe:
      out.kind = RelationKind::describe;
      out.names = strings(message.describe().cols());
      return input(message.describe().input(), out);
    case Case::kSummary:
      out.kind = RelationKind::summary;
      out.names = strings(message.summary().statistics());
      return input(message.summary().input(), out);
    case Case::kExtension: return std::unexpected(unsupported_feature("the extension " + message.extension().type_url()));
    case Case::kMapPartitions:
    case Case::kGroupMap:
    case Case::kCoGroupMap: return std::unexpected(unsupported_feature("a function over pandas or Arrow data (Python workers are not attached to Spark sessions)"));
    default: return std::unexpected(unsupported_feature("the relation message with field " + std::to_string(message.rel_type_case())));
  }
}

Result<void> Decoder::decode_read(const proto::Relation& message, Relation& out) {
  auto& read = message.read();
  if (read.is_streaming()) return std::unexpected(unsupported_feature("streaming reads"));
  if (read.has_named_table()) {
    out.kind = RelationKind::table;
    TRY(out.names, name_parts(read.named_table().unparsed_identifier()));
    return ok();
  }
  out.kind = RelationKind::files;
  out.text = read.data_source().format();
  out.schema = read.data_source().schema();
  out.options = lower_keys(read.data_source().options());
  out.names = strings(read.data_source().paths());
  if (out.names.empty() && out.options.contains("path")) out.names = {out.options["path"]};
  return ok();
}

Result<void> Decoder::decode_local(const proto::Relation& message, Relation& out) {
  out.kind = RelationKind::local;
  if (message.has_local_relation()) {
    out.text = message.local_relation().data();
    out.schema = message.local_relation().schema();
    return ok();
  }
  auto missing = [](const std::string& hash) { return std::unexpected(condition(Error::Kind::not_found, "INVALID_HANDLE.LOCAL_DATA", "HY000", "There is no uploaded artifact cache/" + hash + ".")); };
  if (message.has_cached_local_relation()) {
    auto* bytes = find_("cache/" + message.cached_local_relation().hash());
    if (!bytes) return missing(message.cached_local_relation().hash());
    proto::LocalRelation local;
    if (!local.ParseFromString(*bytes)) return std::unexpected(unsupported_feature("a cached local relation that is no LocalRelation"));
    out.text = local.data();
    out.schema = local.schema();
    return ok();
  }
  auto& chunked = message.chunked_cached_local_relation();
  for (auto& hash : chunked.datahashes()) {
    auto* bytes = find_("cache/" + hash);
    if (!bytes) return missing(hash);
    out.text += *bytes;  // Arrow IPC streams one after another: the reader takes them all
  }
  if (!chunked.schemahash().empty()) {
    auto* bytes = find_("cache/" + chunked.schemahash());
    if (!bytes) return missing(chunked.schemahash());
    out.schema = *bytes;
  }
  return ok();
}

Result<void> Decoder::decode_join(const proto::Relation& message, Relation& out) {
  auto& join = message.join();
  out.kind = RelationKind::join;
  out.names = strings(join.using_columns());
  switch (join.join_type()) {
    case proto::Join::JOIN_TYPE_FULL_OUTER: out.join = JoinKind::full; break;
    case proto::Join::JOIN_TYPE_LEFT_OUTER: out.join = JoinKind::left; break;
    case proto::Join::JOIN_TYPE_RIGHT_OUTER: out.join = JoinKind::right; break;
    case proto::Join::JOIN_TYPE_LEFT_ANTI: out.join = JoinKind::anti; break;
    case proto::Join::JOIN_TYPE_LEFT_SEMI: out.join = JoinKind::semi; break;
    case proto::Join::JOIN_TYPE_CROSS: out.join = JoinKind::cross; break;
    default: out.join = JoinKind::inner;
  }
  CHECK_OK(input(join.left(), out));
  CHECK_OK(input(join.right(), out));
  if (!join.has_join_condition()) return ok();
  TRY(auto condition, expression(join.join_condition()));
  out.groups = {std::move(condition)};
  return ok();
}

Result<void> Decoder::decode_aggregate(const proto::Relation& message, Relation& out) {
  auto& aggregate = message.aggregate();
  out.kind = RelationKind::aggregate;
  switch (aggregate.group_type()) {
    case proto::Aggregate::GROUP_TYPE_ROLLUP: out.group = GroupKind::rollup; break;
    case proto::Aggregate::GROUP_TYPE_CUBE: out.group = GroupKind::cube; break;
    case proto::Aggregate::GROUP_TYPE_PIVOT: out.group = GroupKind::pivot; break;
    case proto::Aggregate::GROUP_TYPE_GROUPING_SETS: out.group = GroupKind::sets; break;
    default: out.group = GroupKind::by;
  }
  CHECK_OK(input(aggregate.input(), out));
  CHECK_OK(expressions(aggregate.grouping_expressions(), out.groups));
  for (auto& set : aggregate.grouping_sets()) CHECK_OK(expressions(set.grouping_set(), out.rows.emplace_back()));
  if (out.group == GroupKind::pivot) {  // rows: the pivot's column, then its values
    TRY(auto column, expression(aggregate.pivot().col()));
    out.rows = {{std::move(column)}, {}};
    for (auto& value : aggregate.pivot().values()) {
      TRY(auto decoded, decode_literal(value));
      out.rows[1].push_back(std::move(decoded));
    }
  }
  if (out.group != GroupKind::pivot) out.exprs = out.groups;  // the output: the grouping, then the aggregates
  return expressions(aggregate.aggregate_expressions(), out.exprs);
}

Result<void> Decoder::decode_sql(const proto::Relation& message, Relation& out) {
  Arguments arguments;
  for (auto& [name, value] : message.sql().args()) {
    TRY(arguments.named[name], decode_literal(value));
  }
  for (auto& [name, value] : message.sql().named_arguments()) {
    TRY(arguments.named[name], expression(value));
  }
  for (auto& value : message.sql().pos_args()) {
    TRY(auto decoded, decode_literal(value));
    arguments.positional.push_back(std::move(decoded));
  }
  CHECK_OK(expressions(message.sql().pos_arguments(), arguments.positional));
  TRY(auto statement, parse_statement(message.sql().query(), arguments));
  if (statement.kind != Statement::Kind::query) return std::unexpected(unsupported_feature("a command where a query is wanted"));
  auto plan_id = out.plan_id;
  out = *statement.query;
  out.plan_id = plan_id;
  return ok();
}

Result<void> Decoder::decode_with_relations(const proto::Relation& message, Relation& out) {
  out.kind = RelationKind::with_views;
  std::vector<RelationPtr> views;
  for (auto& reference : message.with_relations().references()) {
    TRY(auto decoded, relation(reference));
    // Named ones are views of the query (SQL with DataFrames as arguments), the others subqueries by plan id.
    if (decoded->kind == RelationKind::alias) {
      out.names.push_back(decoded->names[0]);
      views.push_back(decoded->inputs[0]);
    } else {
      references_[decoded->plan_id] = decoded;
    }
  }
  CHECK_OK(input(message.with_relations().root(), out));
  out.inputs.insert(out.inputs.end(), views.begin(), views.end());
  return ok();
}

}  // namespace axonite::spark
