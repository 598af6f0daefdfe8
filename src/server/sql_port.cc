#include "server/sql_port.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "delta/engine_path.h"
#include "delta/table.h"
#include "tsql/activity.h"

namespace axonite::server {
namespace {

constexpr std::size_t kMessagesMax = 100;

// A value as the Lookup and Script activities answer it: numbers as numbers, times in ISO form.
std::string json_text(const engine::Value& value, const tsql::Type& type) {
  if (std::holds_alternative<std::monostate>(value)) return "null";
  if (auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (auto* real = std::get_if<double>(&value)) return json::write_double(*real);
  std::string text = std::get<std::string>(value);
  switch (type.id) {
    case tsql::TypeId::decimal:
    case tsql::TypeId::money:
    case tsql::TypeId::smallmoney: return text;
    case tsql::TypeId::datetime:
    case tsql::TypeId::smalldatetime:
    case tsql::TypeId::datetime2:
      if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
      return json::write(json::Value(text + "Z"));
    case tsql::TypeId::binary:
    case tsql::TypeId::varbinary: return json::write(json::Value(text::base64_encode(text)));
    default: return json::write(json::Value(text));
  }
}

// Keeps what a batch sends, up to a number of rows.
class Collector : public tsql::Sink {
 public:
  explicit Collector(std::size_t rows_max) : rows_max_(rows_max) {}

  Result<void> columns(std::span<const tsql::Column> columns) override {
    columns_.assign(columns.begin(), columns.end());
    auto& set = outcome.result_sets.emplace_back();
    for (const tsql::Column& column : columns_) set.columns.push_back(column.name);
    return ok();
  }
  Result<void> rows(engine::Rows& rows) override {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (++rows_ > rows_max_) return std::unexpected(too_large("TooManyRows", "The query gives more than " + std::to_string(rows_max_) + " rows."));
      std::string text = "{";
      for (std::size_t column = 0; column < columns_.size(); ++column)
        text += (column ? "," : "") + json::write(json::Value(columns_[column].name)) + ":" + json_text(rows.value(column, row), columns_[column].type);
      outcome.result_sets.back().rows_json.push_back(text + "}");
    }
    return ok();
  }
  Result<void> statement_done(tsql::Command command, std::optional<std::int64_t> count) override {
    if (count && command != tsql::Command::select) outcome.records_affected = std::max<std::int64_t>(outcome.records_affected, 0) + *count;
    return ok();
  }
  Result<void> message(const tsql::Message& message) override {
    if (message.severity > 10 && !failure) failure = message;
    else if (message.severity <= 10 && outcome.messages.size() < kMessagesMax) outcome.messages.push_back(message.text);
    return ok();
  }
  Result<void> database_changed(std::string_view) override { return ok(); }
  Result<void> transaction_changed(bool, bool) override { return ok(); }
  Result<void> return_status(int) override { return ok(); }

  linked_service::SqlOutcome outcome;
  std::optional<tsql::Message> failure;

 private:
  std::size_t rows_max_, rows_ = 0;
  std::vector<tsql::Column> columns_;
};

}  // namespace

SqlSessions::SqlSessions(engine::Engine& engine, lake::Lake& lake, event::Stream& events, Clock& clock)
    : engine_(engine), lake_(lake), events_(events), clock_(clock), activity_(std::make_shared<tsql::Activity>()) {}

Result<std::unique_ptr<tsql::Session>> SqlSessions::open(const SqlLogins& logins, const protocol::tds::LoginRequest& request) {
  TRY(auto options, logins.session_options(request));
  options.activity = activity_;
  options.delta_scan = [this, caller = options.lake_caller](engine::Session& session, std::string_view table) -> Result<std::string> {
    TRY(auto location, delta::parse_engine_path(table));
    auto view = lake_.view(caller);
    TRY(auto snapshot, delta::load_snapshot(delta::Log(*view, location), session));
    TRY(std::string scan, delta::scan_sql(snapshot, location));
    return "(" + scan + ")";
  };
  return tsql::Session::open(engine_, events_, clock_, std::move(options));
}

Result<linked_service::SqlOutcome> InProcessSql::run(const linked_service::SqlTarget& target, std::string_view batch, std::string_view idempotency_key,
                                                     std::size_t rows_max, std::stop_token stop) {
  bool serverless = target.server.find("-ondemand.") != std::string::npos;
  SqlLogins& logins = serverless ? serverless_ : dedicated_;
  protocol::tds::LoginRequest request{.server = target.server, .database = target.database, .application = "Axonite pipeline", .host = "localhost", .login = target.principal};
  if (!target.user.empty()) {
    TRY(request.login, logins.sql_login(request, target.user, target.password));
  }
  TRY(auto session, sessions_.open(logins, request));
  std::stop_callback interrupt(stop, [&] { session->interrupt(); });
  Collector collector(rows_max);
  if (idempotency_key.empty()) {
    CHECK_OK(session->batch(batch, collector));
  } else {
    CHECK_OK(session->batch_once(idempotency_key, batch, collector));
  }
  if (collector.failure) {
    const tsql::Message& failure = *collector.failure;
    return std::unexpected(invalid("SqlError", "SQL error " + std::to_string(failure.number) + ", line " + std::to_string(failure.line) + ": " + failure.text));
  }
  return std::move(collector.outcome);
}

}  // namespace axonite::server
