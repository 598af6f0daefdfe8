#pragma once
// One Spark session: its settings, temporary views and artifacts over one engine session. What arrives are the messages
// of Spark Connect; plans become an IR (plan.h), the analyzer gives it Spark's types and names, DuckDB runs it.
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/session.h"
#include "event/stream.h"

namespace spark::connect {
class AnalyzePlanRequest;
class AnalyzePlanResponse;
class ConfigRequest_Operation;
class ConfigResponse;
class ExecutePlanResponse;
class Plan;
}  // namespace spark::connect

namespace axonite::spark {

namespace proto = ::spark::connect;

inline constexpr const char* kSparkVersion = "4.2.0";

// Takes the answers of one execution in order; an error ends the execution.
using Sink = std::function<Result<void>(proto::ExecutePlanResponse)>;

// Errors are Spark's: Error::code is the error class ("UNRESOLVED_COLUMN.WITH_SUGGESTION"), the message is whole as
// Spark prints it, details hold the message parameters (code = name, message = value), target the SQLSTATE.
class Session {
 public:
  struct Options {
    identity::Principal principal;
    std::string user_name;
    std::size_t artifact_bytes_max = 1u << 30;
  };
  static Result<std::unique_ptr<Session>> open(engine::Engine& engine, const engine::ViewOf& view_of, event::Stream* events, Clock& clock,
                                               Options options);
  virtual ~Session() = default;

  // Everything but result_complete. One execution at a time; others wait for it. `stop` ends it with
  // cancelled("OPERATION_CANCELED"), waiting or running.
  virtual Result<void> execute(const proto::Plan& plan, const Sink& sink, std::stop_token stop) = 0;
  virtual Result<void> analyze(const proto::AnalyzePlanRequest& request, proto::AnalyzePlanResponse& response) = 0;
  virtual Result<void> configure(const proto::ConfigRequest_Operation& operation, proto::ConfigResponse& response) = 0;

  // "cache/<sha256>": local data that plans name by its hash. too_large("ArtifactsTooLarge") over the session's bound.
  virtual Result<void> put_artifact(std::string_view name, std::string bytes) = 0;
  virtual bool has_artifact(std::string_view name) const = 0;
};

}  // namespace axonite::spark
