#pragma once
// One logged-in client: its requests become calls of its tsql::Session.
#include <map>

#include "protocol/tds/attention.h"
#include "protocol/tds/handshake.h"
#include "protocol/tds/response.h"
#include "protocol/tds/rpc.h"

namespace axonite::protocol::tds {

class Requests {
 public:
  Requests(Connected client, const ServerOptions& options, AttentionWatch& watch)
      : client_(std::move(client)), options_(options), watch_(watch) {}
  // Serves until the client leaves; the reason comes back.
  Error serve();

 private:
  struct Statement {
    std::string declarations, text;
  };
  Result<void> serve_one(const Message& message);
  Result<void> reset(std::uint8_t status, Response& response);
  Result<void> run(const Message& message, Response& response);
  Result<void> batch(std::string_view body, Response& response);
  Result<void> calls(std::string_view body, Response& response);
  Result<void> call(Rpc& rpc, Response& response);
  Result<std::vector<tsql::Parameter>> bind(const Statement& statement, std::span<tsql::Parameter> given, std::vector<std::size_t>& targets);
  // Runs it with the call's parameters from `first` on.
  Result<void> execute(const Statement& statement, Rpc& rpc, std::size_t first, Response& response);
  Result<void> return_handle(const Rpc& rpc, Response& response);
  Result<void> prepare(Rpc& rpc, bool run, Response& response);
  Result<void> unprepare(Rpc& rpc, Response& response);
  Result<void> execute_prepared(Rpc& rpc, Response& response);
  Result<void> procedure(Rpc& rpc, Response& response);
  Result<void> transaction(std::string_view body, Response& response);

  Connected client_;
  const ServerOptions& options_;
  AttentionWatch& watch_;
  std::map<std::int32_t, Statement> prepared_;
  std::int32_t last_handle_ = 0;
  std::uint64_t transaction_ = 0;
};

}  // namespace axonite::protocol::tds
