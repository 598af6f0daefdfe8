#pragma once
// Long-running operations that really run: on a worker thread, with a durable status (operations.db), polled by
// Azure-AsyncOperation and Location as azure-core's ARM pollers, Go's and Terraform's need it.
//
// Work is registered by name and gets its input as JSON, so that what a crash interrupted runs again from its start
// when the server comes back: work must be repeatable.
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "arm/arm.h"
#include "base/clock.h"

namespace axonite::arm {

struct OperationStatus {
  std::string id;
  std::string kind;
  std::string resource_id;
  std::string status;  // "InProgress", "Succeeded", "Failed"
  Time started{};
  std::optional<Time> ended;
  std::string output;          // JSON; what operationResults answers; empty = nothing (204)
  std::optional<Error> error;  // when Failed
};

struct Input {
  resource::ResourceId resource;
  const json::Value* arguments;  // never null
  resource::Author author;  // who asked
};

class Operations {
 public:
  // What runs; its value becomes the output (null = none).
  using Work = std::function<Result<json::Value>(const Input&, std::stop_token)>;
  struct Options {
    unsigned threads = 2;
    std::size_t waiting_max = 256;       // more answer throttled("TooManyOperations")
    std::size_t finished_kept = 10'000;  // older finished statuses go first
  };
  static Result<std::unique_ptr<Operations>> open(const std::filesystem::path& file, Clock& clock, Options options);
  static Result<std::unique_ptr<Operations>> open(const std::filesystem::path& file, Clock& clock) {
    return open(file, clock, Options{});
  }
  virtual ~Operations() = default;

  // All kinds are defined before start(), which resumes what was interrupted.
  virtual void define(std::string kind, Work work) = 0;
  virtual Result<void> start() = 0;
  // Durable when it returns. `kind` names what define() registered.
  virtual Result<std::string> begin(std::string_view kind, const resource::ResourceId& resource,
                                    const json::Value& arguments, const resource::Author& author) = 0;
  // not_found("OperationNotFound").
  virtual Result<OperationStatus> status(std::string_view id) const = 0;
  // Waits until it has ended, `stop`, or `limit`.
  virtual Result<OperationStatus> wait(std::string_view id, std::chrono::milliseconds limit) const = 0;
  // Whether an operation on this resource or one below it still runs.
  virtual bool busy(const resource::ResourceId& resource) const = 0;
};

// Adds Azure-AsyncOperation, Location and the retry headers to the 201/202 that began the operation. `provider` and
// `location` only make the URLs look as the provider's own do: …/providers/{provider}/locations/{location}/….
void add_operation_headers(http::Response& response, const front::Call& call, std::string_view operation_id,
                           std::string_view provider, std::string_view location);
// GET …/operationStatuses/{id} and …/operationResults/{id}; served for all providers by service/resource_manager.
Result<http::Response> operation_status_response(const front::Call& call, const Operations& operations, std::string_view id);
Result<http::Response> operation_result_response(const front::Call& call, const Operations& operations, std::string_view id);

}  // namespace axonite::arm
