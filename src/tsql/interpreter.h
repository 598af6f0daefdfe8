#pragma once
// Runs statements: the procedural part, transactions and the dispatch to DDL, DML, COPY INTO and procedures.
#include <atomic>

#include "tsql/ast.h"
#include "tsql/binder.h"
#include "tsql/lineage.h"
#include "tsql/state.h"

namespace axonite::tsql {

enum class Flow { next, break_, continue_, return_ };

class Interpreter : public Session {
 public:
  Interpreter(std::unique_ptr<engine::Session> engine, event::Stream& events, Clock& clock, SessionOptions options);
  ~Interpreter() override;

  Result<void> batch(std::string_view text, Sink& sink) override;
  Result<void> batch(std::string_view text, std::span<Parameter> parameters, Sink& sink) override;
  Result<bool> batch_once(std::string_view key, std::string_view text, Sink& sink) override;
  Result<void> call(std::string_view procedure, std::span<Parameter> parameters, Sink& sink) override;
  Result<std::vector<Column>> describe(std::string_view text, std::span<const Parameter> parameters) override;
  Result<std::vector<Parameter>> parse_declarations(std::string_view text) override;
  Result<void> begin(Sink& sink) override;
  Result<void> commit(Sink& sink) override;
  Result<void> rollback(Sink& sink) override;
  Result<void> reset() override;
  std::string_view database() const override { return state_.database; }
  void interrupt() override;

  State& state() { return state_; }

 private:
  // interpreter.cc
  Result<void> guarded(Sink& sink, std::string_view command, const std::function<Result<void>()>& work);
  Result<void> run_reported(const std::function<Result<void>()>& work);
  Result<void> kill(const KillStatement& statement, int line);
  void note_label(const Query& query);
  Result<void> report(Error error, int line = 0);
  Result<Flow> run(const Block& block);
  Result<Flow> run(const Statement& statement);
  Result<Flow> loop(const WhileStatement& statement);
  Result<Flow> attempt(const TryStatement& statement);
  Result<void> simple(const Statement& statement);
  Result<void> print(const ExpressionPtr& value);
  Result<void> raiserror(const RaiserrorStatement& statement);
  Result<void> throw_(const ThrowStatement& statement, int line);
  Result<void> transaction(const TransactionStatement& statement, int line);
  Result<void> set_option(const SetOptionStatement& statement, int line);
  Result<void> declare(const DeclareStatement& statement);
  Result<void> assign(const std::string& variable, const std::string& op, const Expression& value, int line);
  Result<bool> holds(const Expression& condition);
  Result<engine::Value> evaluate(const Bound& bound);
  Result<engine::Value> evaluate_as(const Expression& expression, const Type& type, int line);
  Result<void> message(int number, int severity, std::string text, int state = 1, int line = 1);
  Result<void> done(Command command, std::optional<std::int64_t> count);
  // One statement's writes: a transaction of its own unless one is open.
  Result<void> atomically(const std::function<Result<void>()>& work);
  Result<std::int64_t> execute(const std::string& sql) { return engine_->execute(sql); }
  Result<void> refuse_when_doomed(int line);
  void doom();

  // execute_query.cc
  Result<void> select(const QueryStatement& statement, int line);
  Result<void> select_into_variables(const Query& query, int line);
  Result<void> stream(const BoundQuery& query);
  Result<void> lineage(Lineage lineage);

  // execute_ddl.cc
  Result<void> ddl(const Statement& statement);
  Result<void> create_table(const CreateTableStatement& statement, int line);
  Result<void> create_as(Object object, const Query& query, int line);
  Result<Object> define(Object object, const std::vector<ColumnDefinition>& definitions);
  Result<void> alter_table(const AlterTableStatement& statement, int line);
  Result<void> drop(const DropStatement& statement, int line);
  Result<void> drop_one(const std::string& kind, const Name& name, bool if_exists, int line);
  Result<void> create_view(const CreateViewStatement& statement, int line);
  Result<void> create_procedure(const CreateProcedureStatement& statement, int line);
  Result<void> rename(const RenameStatement& statement, int line);
  Result<void> truncate(const TruncateStatement& statement, int line);
  Result<void> create_metadata(const CreateMetadataStatement& statement, int line);
  Result<void> permission(const PermissionStatement& statement, int line);
  Result<void> principal(const PrincipalStatement& statement, int line);
  Result<void> owner_only(std::string_view what, int line);
  Result<Object> new_object(const Name& name, Object::Kind kind, int line);

  // execute_keys.cc
  Result<void> add_key(const Object& table, const KeyDefinition& definition);
  Result<void> drop_keys(const Object& table, const AlterTableStatement& statement, int line);

  // execute_dml.cc
  Result<void> insert(const InsertStatement& statement, int line);
  Result<void> update(const UpdateStatement& statement, int line);
  Result<void> delete_(const DeleteStatement& statement, int line);
  Result<void> merge(const MergeStatement& statement, int line);
  Result<void> merged(const std::string& sql, const Object& object, const Lineage& report);
  Result<void> copy_into(const CopyIntoStatement& statement, int line);

  // procedures.cc
  Result<void> execute_statement(const ExecuteStatement& statement, int line);
  Result<int> call_procedure(const Name& name, std::vector<Parameter>& parameters, int line);
  Result<int> user_procedure(const Object& object, std::vector<Parameter>& parameters, int line);
  Result<std::optional<int>> system_procedure(const std::string& name, std::vector<Parameter>& parameters, int line);
  Result<void> extended_property(const std::string& procedure, const std::vector<Parameter>& parameters, int line);
  Result<void> declared_lineage(const Object& object, std::string value, int line);
  Result<void> run_text(std::string_view text);

  std::unique_ptr<engine::Session> engine_;
  event::Stream& events_;
  SessionOptions options_;
  Catalog catalog_;
  State state_;
  Sink* sink_ = nullptr;
  bool fatal_ = false;  // the session cannot go on: client gone or cancelled
  int new_sequence_ = 0;
  std::atomic<bool> interrupted_ = false;
  std::atomic<bool> killed_ = false;  // by KILL of another session: nothing runs any more
  std::uint64_t request_ = 0;         // in Activity
  std::vector<std::string> pending_lineage_;  // of the open transaction
  std::map<std::string, Object> temporary_before_;  // state_.temporary when the transaction began
};

// The engine's key of a session's database: "ws/SQLPool1", "ws/serverless/master".
std::string engine_database(const SessionOptions& options);

}  // namespace axonite::tsql
