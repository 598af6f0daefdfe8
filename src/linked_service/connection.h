#pragma once
// How one service calls another. A Connection carries the caller's principal, a time limit, retry with backoff, a
// circuit breaker, an audit record and metrics; the call goes to our own router in process when the host is ours,
// else over the network. Bulk data goes through typed ports with the same audit.
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/message.h"
#include "identity/principal.h"

namespace axonite::linked_service {

// A batch of SQL on a pool as its own TDS client would run it; implemented over tsql by server.
struct SqlTarget {
  std::string server;  // "ws.sql.azuresynapse.net" or "…-ondemand.sql…"
  std::string database;
  std::string user;  // empty: `principal` logs in with its token
  Secret password;
  identity::Principal principal;
};

struct SqlResultSet {
  std::vector<std::string> columns;
  std::vector<std::string> rows_json;  // each row a JSON object, typed as the Lookup and Script activities answer
};

struct SqlOutcome {
  std::vector<SqlResultSet> result_sets;
  std::int64_t records_affected = -1;
  std::vector<std::string> messages;  // PRINT and informational text
};

class SqlPort {
 public:
  virtual ~SqlPort() = default;
  // `idempotency_key` non-empty: the batch's data and the key commit together, and a batch whose key is already
  // there is not run again (its outcome is then empty).
  virtual Result<SqlOutcome> run(const SqlTarget& target, std::string_view batch, std::string_view idempotency_key,
                                 std::size_t rows_max, std::stop_token stop) = 0;
};

}  // namespace axonite::linked_service
