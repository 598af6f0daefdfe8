#pragma once
// One T-SQL session: variables, temp tables, transaction, SET options, over one engine session. It knows nothing of
// TDS; results go to a Sink as they are produced.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "engine/session.h"
#include "event/stream.h"
#include "identity/principal.h"
#include "tsql/type.h"

namespace axonite::tsql {

class Activity;

// Which product answers: its @@VERSION, SERVERPROPERTY('EngineEdition') and what it refuses.
enum class Personality { dedicated, serverless };

struct Column {
  std::string name;
  Type type;
};

enum class Command { other, select, insert, update, delete_, merge };

struct Message {
  int number = 0;
  int severity = 16;  // "class" on the wire; up to 10 is information
  int state = 1;
  int line = 1;
  std::string text;
  std::string procedure;
};

// Where a batch's results go. An Error returned by a Sink (client gone) ends the batch.
class Sink {
 public:
  virtual ~Sink() = default;
  // A result set starts; rows() follows until statement_done().
  virtual Result<void> columns(std::span<const Column> columns) = 0;
  // The current chunk of `rows`, its vectors in the engine type that engine_type_of(Type) names.
  virtual Result<void> rows(engine::Rows& rows) = 0;
  // A statement ended. `count` only where it has one and NOCOUNT is off.
  virtual Result<void> statement_done(Command command, std::optional<std::int64_t> count) = 0;
  virtual Result<void> message(const Message& message) = 0;
  virtual Result<void> database_changed(std::string_view database) = 0;
  // BEGIN/COMMIT/ROLLBACK took effect; `rolled_back` when its changes are gone, by ROLLBACK or by an error.
  virtual Result<void> transaction_changed(bool active, bool rolled_back) = 0;
  virtual Result<void> return_status(int status) = 0;
};

// A parameter of sp_executesql and prepared statements. Values travel in engine form.
struct Parameter {
  std::string name;  // with '@'
  Type type;
  engine::Value value;
  bool output = false;
};

struct SessionOptions {
  Personality personality = Personality::dedicated;
  std::string server;                // "ws.sql.azuresynapse.net"
  std::string database;              // "SQLPool1"; "master" for serverless
  identity::Principal login;         // who logged in: SUSER_SNAME(), permissions, lineage
  identity::Principal lake_caller;   // whose rights COPY INTO and OPENROWSET have (workspace identity under SQL login)
  std::string application, host;     // from the client, for dm_pdw_exec_sessions
  std::string correlation_id;
  bool is_owner = true;  // SQL administrator and Entra administrator are db_owner; others have what GRANT gave them
  // Turns a Delta table ("lake://account/container/table") into a table expression of the engine: "read_parquet([…])".
  // Empty: FORMAT = 'DELTA' is refused as not supported.
  std::function<Result<std::string>(engine::Session&, std::string_view)> delta_scan;
  // Shared by the sessions that see each other in sys.dm_pdw_exec_requests and its kin; empty: this one sees itself alone.
  std::shared_ptr<Activity> activity;
};

class Session {
 public:
  // Attaches the database "<workspace>/<pool>" ("<workspace>/serverless/<database>"), creating what is missing: that
  // the pool exists is for the caller to know.
  static Result<std::unique_ptr<Session>> open(engine::Engine& engine, event::Stream& events, Clock& clock,
                                               SessionOptions options);
  virtual ~Session() = default;

  // Runs a batch. T-SQL errors reach the Sink as messages of severity > 10 and the result is still ok; an Error comes
  // back only when the session cannot go on (client gone, cancelled).
  virtual Result<void> batch(std::string_view text, Sink& sink) = 0;
  // sp_executesql: the batch with parameters; output values are written back.
  virtual Result<void> batch(std::string_view text, std::span<Parameter> parameters, Sink& sink) = 0;
  // Runs a batch at most once per key: the key commits with the data. False when this call kept nothing: it had run before (nothing is
  // sent), or it failed (its errors were sent).
  virtual Result<bool> batch_once(std::string_view key, std::string_view text, Sink& sink) = 0;
  // A stored procedure by name ("sp_tables", "[dbo].[load]"), positional parameters have an empty name.
  virtual Result<void> call(std::string_view procedure, std::span<Parameter> parameters, Sink& sink) = 0;
  // Result columns of the first statement that has some, without running it (SET FMTONLY, sp_describe_first_result_set).
  virtual Result<std::vector<Column>> describe(std::string_view text, std::span<const Parameter> parameters) = 0;
  // The variables of a declaration list, "@a int, @b nvarchar(50) OUTPUT", as sp_prepare and sp_executesql send it.
  virtual Result<std::vector<Parameter>> parse_declarations(std::string_view text) = 0;

  // TM requests of TDS.
  virtual Result<void> begin(Sink& sink) = 0;
  virtual Result<void> commit(Sink& sink) = 0;
  virtual Result<void> rollback(Sink& sink) = 0;
  // RESETCONNECTION: temp tables, variables, SET options, transaction.
  virtual Result<void> reset() = 0;
  virtual std::string_view database() const = 0;
  // From any thread.
  virtual void interrupt() = 0;
};

}  // namespace axonite::tsql
