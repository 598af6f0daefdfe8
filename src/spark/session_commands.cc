#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include <boost/json.hpp>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "spark/decode.h"
#include "spark/errors.h"
#include "spark/session_state.h"

// Clients of 3.5 send fields that 4.2 calls deprecated.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace axonite::spark {
namespace {

// Rows of text and flags as a relation.
Relation table_of(std::vector<std::string> names, std::vector<std::vector<ExprPtr>> rows) {
  bool empty = rows.empty();
  if (empty) rows.push_back(std::vector<ExprPtr>(names.size(), string_literal("")));
  auto values = std::make_shared<Relation>(Relation{.kind = RelationKind::values, .rows = std::move(rows)});
  auto named = std::make_shared<Relation>(Relation{.kind = RelationKind::to_df, .inputs = {values}, .names = std::move(names)});
  return Relation{.kind = RelationKind::limit, .inputs = {named}, .a = empty ? 0 : -1};
}

ExprPtr flag(bool value) { return literal({TypeKind::boolean}, value ? "true" : "false", value ? "true" : "false"); }
ExprPtr nothing() { return literal({TypeKind::string}, std::nullopt, "NULL"); }

SaveMode mode_of(proto::WriteOperation::SaveMode mode) {
  switch (mode) {
    case proto::WriteOperation::SAVE_MODE_APPEND: return SaveMode::append;
    case proto::WriteOperation::SAVE_MODE_OVERWRITE: return SaveMode::overwrite;
    case proto::WriteOperation::SAVE_MODE_IGNORE: return SaveMode::ignore;
    default: return SaveMode::error_if_exists;
  }
}

}  // namespace

Result<void> SessionState::create_view(const std::string& name, RelationPtr relation, bool replace) {
  auto key = text::to_lower(name);
  if (!replace && views_.contains(key))
    return std::unexpected(condition(Error::Kind::conflict, "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "42P07", fmt::format("Cannot create the temporary view `{}` because it already exists.", name), {{"relationName", "`" + name + "`"}}));
  Analyzer analyzer(*this);
  CHECK_OK(analyzer.relation(*relation));  // errors come now, not at first use
  views_[key] = {name, std::move(relation)};
  return ok();
}

Result<void> SessionState::command(const proto::Command& command, const Sink& sink) {
  switch (command.command_type_case()) {
    case proto::Command::kSqlCommand: return sql_command(command.sql_command(), sink);
    case proto::Command::kWriteOperation: return write(command.write_operation());
    case proto::Command::kCreateDataframeView: {
      TRY(auto relation, decode(command.create_dataframe_view().input()));
      return create_view(command.create_dataframe_view().name(), std::move(relation), command.create_dataframe_view().replace());
    }
    case proto::Command::kRemoveCachedRemoteRelationCommand: return ok();  // none is ever handed out
    case proto::Command::kRegisterFunction: return std::unexpected(unsupported_feature("registering the function " + command.register_function().function_name() + " (Python workers are not attached to Spark sessions)"));
    case proto::Command::kExtension: return std::unexpected(unsupported_feature("the extension " + command.extension().type_url()));
    default: return std::unexpected(unsupported_feature("the command message with field " + std::to_string(command.command_type_case())));
  }
}

// A query goes back unexecuted; a command runs now and its rows go back.
Result<void> SessionState::sql_command(const proto::SqlCommand& command, const Sink& sink) {
  proto::Relation input = command.input();
  if (!command.has_input()) {  // clients of 3.5
    auto* sql = input.mutable_sql();
    sql->set_query(command.sql());
    *sql->mutable_args() = command.args();
    *sql->mutable_pos_args() = command.pos_args();
  }
  proto::ExecutePlanResponse response;
  if (!input.has_sql()) {
    *response.mutable_sql_command_result()->mutable_relation() = input;
    return sink(std::move(response));
  }
  Arguments arguments;
  Decoder decoder([](const std::string&) { return nullptr; });
  for (auto& [name, value] : input.sql().named_arguments()) {
    TRY(arguments.named[name], decoder.expression(value));
  }
  for (auto& value : input.sql().pos_arguments()) {
    TRY(auto decoded, decoder.expression(value));
    arguments.positional.push_back(std::move(decoded));
  }
  for (auto& [name, value] : input.sql().args()) {
    TRY(arguments.named[name], decode_literal(value));
  }
  for (auto& value : input.sql().pos_args()) {
    TRY(auto decoded, decode_literal(value));
    arguments.positional.push_back(std::move(decoded));
  }
  TRY(auto statement, parse_statement(input.sql().query(), arguments));
  if (statement.kind == Statement::Kind::query) {
    Analyzer analyzer(*this);
    CHECK_OK(analyzer.relation(*statement.query));
    *response.mutable_sql_command_result()->mutable_relation() = input;
    return sink(std::move(response));
  }
  TRY(auto rows, run(statement));
  Analyzer analyzer(*this);
  TRY(auto result, analyzer.relation(rows));
  std::string data;
  CHECK_OK(stream(result, [&](proto::ExecutePlanResponse one) {
    if (one.has_arrow_batch()) data += one.arrow_batch().data();
    return ok();
  }));
  response.mutable_sql_command_result()->mutable_relation()->mutable_local_relation()->set_data(data);
  return sink(std::move(response));
}

Result<Relation> SessionState::run(const Statement& statement) {
  Relation empty{.kind = RelationKind::limit, .inputs = {std::make_shared<Relation>(Relation{.kind = RelationKind::values, .rows = {{string_literal("")}}})}, .a = 0};
  switch (statement.kind) {
    case Statement::Kind::query: return *statement.query;
    case Statement::Kind::create_view: CHECK_OK(create_view(statement.name.back(), statement.query, statement.replace)); return empty;
    case Statement::Kind::drop_view:
      if (views_.erase(text::to_lower(statement.name.back())) == 0 && !statement.if_exists) return std::unexpected(table_not_found(text::join(statement.name, ".")));
      return empty;
    case Statement::Kind::show_tables: {
      std::vector<std::vector<ExprPtr>> rows;
      for (auto& [key, view] : views_) rows.push_back({string_literal(""), string_literal(view.first), flag(true)});
      return table_of({"namespace", "tableName", "isTemporary"}, std::move(rows));
    }
    case Statement::Kind::show_databases: return table_of({"namespace"}, {{string_literal("default")}});
    case Statement::Kind::describe: {
      Analyzer analyzer(*this);
      TRY(auto described, analyzer.relation(*statement.query));
      std::vector<std::vector<ExprPtr>> rows;
      for (auto& attribute : described.output) rows.push_back({string_literal(attribute.name), string_literal(simple_string(attribute.type)), nothing()});
      return table_of({"col_name", "data_type", "comment"}, std::move(rows));
    }
    case Statement::Kind::set: {
      if (!statement.value.empty()) CHECK_OK(set_setting(statement.key, statement.value));
      TRY(auto value, settings_.get(statement.key));
      return table_of({"key", "value"}, {{string_literal(statement.key), string_literal(value)}});
    }
    case Statement::Kind::use:
      if (!text::equals_ignoring_case(statement.name.back(), "default"))
        return std::unexpected(condition(Error::Kind::not_found, "SCHEMA_NOT_FOUND", "42704", "The schema `" + statement.name.back() + "` cannot be found.", {{"schemaName", "`" + statement.name.back() + "`"}}));
      return empty;
  }
  return empty;
}

Result<Relation> SessionState::catalog(const proto::Catalog& catalog) {
  auto one = [](const char* name, ExprPtr value) { return table_of({name}, {{std::move(value)}}); };
  switch (catalog.cat_type_case()) {
    case proto::Catalog::kCurrentDatabase: return one("value", string_literal("default"));
    case proto::Catalog::kCurrentCatalog: return one("value", string_literal("spark_catalog"));
    case proto::Catalog::kDatabaseExists: return one("value", flag(text::equals_ignoring_case(catalog.database_exists().db_name(), "default")));
    case proto::Catalog::kTableExists: return one("value", flag(views_.contains(text::to_lower(catalog.table_exists().table_name()))));
    case proto::Catalog::kDropTempView: return one("value", flag(views_.erase(text::to_lower(catalog.drop_temp_view().view_name())) > 0));
    case proto::Catalog::kListTables: {
      std::vector<std::vector<ExprPtr>> rows;
      for (auto& [key, view] : views_) rows.push_back({string_literal(view.first), nothing(), call("array", {}), nothing(), string_literal("TEMPORARY"), flag(true)});
      return table_of({"name", "catalog", "namespace", "description", "tableType", "isTemporary"}, std::move(rows));
    }
    default: return std::unexpected(unsupported_feature("this call of spark.catalog"));
  }
}

Result<void> SessionState::write(const proto::WriteOperation& operation) {
  if (operation.has_table()) return std::unexpected(unsupported_feature("saveAsTable and insertInto: write to a path"));
  if (operation.has_bucket_by()) return std::unexpected(unsupported_feature("bucketBy"));
  FileWrite write{.format = text::to_lower(operation.source().empty() ? *settings_.find("spark.sql.sources.default") : operation.source()), .path = operation.path(), .mode = mode_of(operation.mode())};
  write.partition_by = {operation.partitioning_columns().begin(), operation.partitioning_columns().end()};
  for (auto& [key, value] : operation.options()) write.options[text::to_lower(key)] = value;
  if (write.path.empty() && write.options.contains("path")) write.path = write.options["path"];
  if (write.format == "noop") return ok();
  TRY(auto result, analyzed(operation.input()));
  TRY(bool wrote, write_files(*engine_, *view_, clock_, result, write));
  if (wrote) report_lineage(result, write);
  return ok();
}

// The shape that tsql/lineage.h describes, with engine "spark", operation "WRITE", no server, database or procedure, and
// "notebook": its name where the session is a notebook's.
void SessionState::report_lineage(const Analyzed& analyzed, const FileWrite& write) {
  if (!events_) return;
  std::set<std::string> inputs;
  json::Array columns;
  for (auto& attribute : analyzed.output) {
    json::Array from;
    for (auto& origin : std::set<std::string>(attribute.origins.begin(), attribute.origins.end())) {
      auto at = origin.rfind('#');
      inputs.insert(origin.substr(0, at));
      from.push_back(json::Object{{"object", origin.substr(0, at)}, {"column", origin.substr(at + 1)}});
    }
    columns.push_back(json::Object{{"column", attribute.name}, {"kind", attribute.derivation}, {"sources", std::move(from)}});
  }
  json::Array sources;
  for (auto& input : inputs) sources.emplace_back(input);
  json::Object body{{"operation", "WRITE"}, {"engine", "spark"}, {"server", ""}, {"database", ""}, {"user", user()}, {"procedure", ""}};
  body["notebook"] = settings_.find("spark.synapse.notebook.name").value_or("");
  body["inputs"] = std::move(sources);
  body["output"] = write.path;
  body["columns"] = std::move(columns);
  event::Event event;
  event.category = "lineage";
  event.correlation_id = new_uuid();
  event.body = json::write(body);
  (void)events_->append(std::move(event));  // a report that is lost loses no data
}

}  // namespace axonite::spark
