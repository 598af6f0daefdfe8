#pragma once
// The composition root: the one place that knows every room and hands each what it needs.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace axonite::server {

struct Config {
  std::filesystem::path data_dir;
  // 0 = any free port. The front port answers TLS, HTTP and CONNECT for every Azure host.
  std::uint16_t port = 8443;
  std::uint16_t sql_port = 1433;             // dedicated SQL pools
  std::uint16_t sql_serverless_port = 1434;  // serverless SQL
  std::uint16_t spark_port = 15002;          // Spark Connect
  std::filesystem::path worker_python;       // the interpreter of notebooks; empty: they answer unsupported
  std::string upstream_proxy;                // "http://proxy:3128": for hosts that are not ours; empty = direct
};

struct Ports {
  std::uint16_t front = 0, sql = 0, sql_serverless = 0, spark = 0;
};

// What a program needs to log in as the owner; owner.json of the data directory, mode 0600.
// {"tenantId","subscriptionId","clientId","clientSecret"}
inline constexpr const char* kOwnerFile = "owner.json";

class Server {
 public:
  // Returns when every port listens and requests are answered.
  static Result<std::unique_ptr<Server>> start(Config config);
  virtual ~Server() = default;
  virtual Ports ports() const = 0;
  // Ends after the requests under way, at the latest after a few seconds.
  virtual void stop() = 0;
};

}  // namespace axonite::server
