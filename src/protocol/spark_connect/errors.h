#pragma once
// Errors as Spark Connect's clients read them: INTERNAL with a google.rpc.Status of one ErrorInfo; the whole message
// and its parameters wait for FetchErrorDetails (ErrorUtils.scala; pyspark/errors/exceptions/connect.py).
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace grpc {
class Status;
}

namespace axonite::protocol::spark_connect {

// From the thrown class up to java.lang.Exception.
std::vector<std::string> java_classes(const Error& error);
grpc::Status status_of(const Error& error, const std::string& error_id);

// The last errors of one session, by id.
class KeptErrors {
 public:
  std::string keep(const Error& error);
  std::optional<Error> find(const std::string& id) const;

 private:
  static constexpr std::size_t kKeptMax = 64;
  mutable std::mutex mutex_;
  std::deque<std::pair<std::string, Error>> errors_;
};

}  // namespace axonite::protocol::spark_connect
