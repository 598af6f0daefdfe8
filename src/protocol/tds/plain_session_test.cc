#include "protocol/tds/plain_session.h"

namespace axonite::protocol::tds {
namespace {

tsql::Type type_of(const engine::Type& type) {
  using enum tsql::TypeId;
  switch (type.id) {
    case engine::TypeId::boolean: return {.id = bit};
    case engine::TypeId::utinyint: return {.id = tinyint};
    case engine::TypeId::smallint: return {.id = smallint};
    case engine::TypeId::integer: return {.id = int_};
    case engine::TypeId::bigint: return {.id = bigint};
    case engine::TypeId::float_: return {.id = real};
    case engine::TypeId::double_: return {.id = float_};
    case engine::TypeId::decimal: return {.id = decimal, .precision = type.precision, .scale = type.scale};
    case engine::TypeId::blob: return {.id = varbinary, .length = -1};
    case engine::TypeId::date: return {.id = date};
    case engine::TypeId::time: return {.id = time, .scale = 7};
    case engine::TypeId::timestamp: return {.id = datetime2, .scale = 7};
    case engine::TypeId::uuid: return {.id = uniqueidentifier};
    default: return {.id = nvarchar, .length = 4000};
  }
}

class PlainSession : public tsql::Session {
 public:
  explicit PlainSession(std::unique_ptr<engine::Session> session) : session_(std::move(session)) {}

  Result<void> batch(std::string_view text, tsql::Sink& sink) override { return run(text, {}, sink); }
  Result<void> batch(std::string_view text, std::span<tsql::Parameter> parameters, tsql::Sink& sink) override {
    std::vector<engine::Value> values;
    for (auto& parameter : parameters) values.push_back(parameter.value);
    return run(text, values, sink);
  }
  Result<bool> batch_once(std::string_view, std::string_view text, tsql::Sink& sink) override {
    CHECK_OK(batch(text, sink));
    return true;
  }
  Result<void> call(std::string_view procedure, std::span<tsql::Parameter>, tsql::Sink& sink) override {
    return sink.message({.number = 2812, .severity = 16, .state = 62, .text = "Could not find stored procedure '" + std::string(procedure) + "'."});
  }
  Result<std::vector<tsql::Column>> describe(std::string_view, std::span<const tsql::Parameter>) override { return std::vector<tsql::Column>(); }
  Result<std::vector<tsql::Parameter>> parse_declarations(std::string_view text) override {
    std::vector<tsql::Parameter> parameters;
    for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1)) {
      parameters.push_back({.name = std::string(text.substr(at, text.find(' ', at) - at)), .type = {.id = tsql::TypeId::nvarchar, .length = 4000}});
    }
    return parameters;
  }
  Result<void> begin(tsql::Sink& sink) override { return change("BEGIN TRANSACTION", true, sink); }
  Result<void> commit(tsql::Sink& sink) override { return change("COMMIT", false, sink); }
  Result<void> rollback(tsql::Sink& sink) override { return change("ROLLBACK", false, sink); }
  Result<void> reset() override { return ok(); }
  std::string_view database() const override { return "pool"; }
  void interrupt() override { session_->interrupt(); }

 private:
  Result<void> change(std::string_view sql, bool active, tsql::Sink& sink) {
    CHECK_OK(session_->execute(sql));
    return sink.transaction_changed(active, false);
  }
  Result<void> run(std::string_view text, std::span<const engine::Value> values, tsql::Sink& sink) {
    if (text.starts_with("SET ") || text.starts_with("USE ") || text.starts_with("use ")) return sink.statement_done(tsql::Command::other, {});
    if (text.starts_with("BEGIN TRAN")) return begin(sink);
    if (text.starts_with("IF @@TRANCOUNT")) return session_->in_transaction() ? commit(sink) : ok();
    auto rows = session_->query(text, values);
    if (!rows) return failed(rows.error(), sink);
    std::vector<tsql::Column> columns;
    for (auto& column : (*rows)->columns()) columns.push_back({column.name, type_of(column.type)});
    if (columns.empty()) return sink.statement_done(tsql::Command::insert, (*rows)->rows_changed());
    CHECK_OK(sink.columns(columns));
    std::int64_t count = 0;
    while (true) {
      auto more = (*rows)->next();
      if (!more) return failed(more.error(), sink);
      if (!*more) return sink.statement_done(tsql::Command::select, count);
      count += static_cast<std::int64_t>((*rows)->size());
      CHECK_OK(sink.rows(**rows));
    }
  }
  static Result<void> failed(const Error& error, tsql::Sink& sink) {
    if (error.kind == Error::Kind::cancelled) return std::unexpected(error);
    CHECK_OK(sink.message({.number = 208, .severity = 16, .state = 1, .line = 1, .text = error.message, .procedure = {}}));
    return sink.statement_done(tsql::Command::select, {});
  }
  std::unique_ptr<engine::Session> session_;
};

}  // namespace

std::unique_ptr<tsql::Session> plain_session(engine::Engine& engine) {
  return std::make_unique<PlainSession>(std::move(*engine.open_session({})));
}

}  // namespace axonite::protocol::tds
