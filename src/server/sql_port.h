#pragma once
// SQL for pipelines, in process: the same login, session and rights as a TDS client's.
#include "lake/namespace.h"
#include "linked_service/connection.h"
#include "server/sql_logins.h"

namespace axonite::server {

// Opens sessions, whoever asks.
class SqlSessions {
 public:
  SqlSessions(engine::Engine& engine, lake::Lake& lake, event::Stream& events, Clock& clock);
  // Errors: those of SqlLogins::session_options and of the engine.
  Result<std::unique_ptr<tsql::Session>> open(const SqlLogins& logins, const protocol::tds::LoginRequest& request);

 private:
  engine::Engine& engine_;
  lake::Lake& lake_;
  event::Stream& events_;
  Clock& clock_;
  std::shared_ptr<tsql::Activity> activity_;
};

class InProcessSql : public linked_service::SqlPort {
 public:
  InProcessSql(SqlLogins& dedicated, SqlLogins& serverless, SqlSessions& sessions)
      : dedicated_(dedicated), serverless_(serverless), sessions_(sessions) {}
  // Errors: those of the login; invalid("SqlError") with the server's first error as its message.
  Result<linked_service::SqlOutcome> run(const linked_service::SqlTarget& target, std::string_view batch, std::string_view idempotency_key,
                                         std::size_t rows_max, std::stop_token stop) override;

 private:
  SqlLogins& dedicated_;
  SqlLogins& serverless_;
  SqlSessions& sessions_;
};

}  // namespace axonite::server
