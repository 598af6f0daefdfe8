// Transactions: an error anywhere in one dooms it, as in the service.
#include "tsql/failure.h"
#include "tsql/interpreter.h"

namespace axonite::tsql {

// The service rolls back at once; the session keeps refusing until it is told ROLLBACK.
void Interpreter::doom() {
  (void)engine_->execute("ROLLBACK");
  state_.temporary = temporary_before_;
  state_.doomed = true;
  pending_lineage_.clear();
}

Result<void> Interpreter::refuse_when_doomed(int line) {
  if (!state_.doomed) return ok();
  return std::unexpected(failure(111233, "The current transaction has aborted, and any pending changes have been rolled back. The cause of this issue is that a transaction in a rollback-only state isn't explicitly rolled back before a DDL, DML, or SELECT statement.", line));
}

Result<void> Interpreter::transaction(const TransactionStatement& statement, int line) {
  using Kind = TransactionStatement::Kind;
  bool by_error = false;
  switch (statement.kind) {
    case Kind::save: return std::unexpected(not_supported("SAVE TRANSACTION", line));
    case Kind::begin:
      CHECK_OK(refuse_when_doomed(line));
      if (state_.transaction_depth == 0) {
        CHECK_OK(engine_->execute("BEGIN TRANSACTION"));
        temporary_before_ = state_.temporary;
      }
      ++state_.transaction_depth;
      if (state_.transaction_depth == 1) CHECK_OK(sink_->transaction_changed(true, false));
      return done(Command::other, std::nullopt);
    case Kind::commit:
      if (state_.transaction_depth == 0) return std::unexpected(failure(3902, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.", line));
      CHECK_OK(refuse_when_doomed(line));
      if (--state_.transaction_depth == 0) {
        if (auto committed = engine_->execute("COMMIT"); !committed) {
          state_.temporary = temporary_before_;
          pending_lineage_.clear();
          CHECK_OK(sink_->transaction_changed(false, true));
          return std::unexpected(std::move(committed.error()));
        }
        for (std::string& body : std::exchange(pending_lineage_, {}))
          (void)events_.append({.category = "lineage", .correlation_id = options_.correlation_id, .body = std::move(body)});
        CHECK_OK(sink_->transaction_changed(false, false));
      }
      return done(Command::other, std::nullopt);
    case Kind::rollback:
      if (state_.transaction_depth == 0) return std::unexpected(failure(3903, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.", line));
      by_error = state_.doomed;
      if (!by_error) doom();
      state_.transaction_depth = 0;
      state_.doomed = false;
      CHECK_OK(sink_->transaction_changed(false, true));
      return done(Command::other, std::nullopt);
  }
  return ok();
}

Result<void> Interpreter::atomically(const std::function<Result<void>()>& work) {
  CHECK_OK(refuse_when_doomed(0));
  if (state_.transaction_depth > 0) return work();
  CHECK_OK(engine_->execute("BEGIN TRANSACTION"));
  temporary_before_ = state_.temporary;
  auto done = work();
  auto ended = engine_->execute(done ? "COMMIT" : "ROLLBACK");
  if (!done || !ended) state_.temporary = temporary_before_;
  if (done && !ended) {
    pending_lineage_.clear();
    return std::unexpected(std::move(ended.error()));
  }
  auto pending = std::exchange(pending_lineage_, {});
  if (done)
    for (std::string& body : pending) (void)events_.append({.category = "lineage", .correlation_id = options_.correlation_id, .body = std::move(body)});
  return done;
}

}  // namespace axonite::tsql
