#pragma once
// The server's public API as any client sees it: real host names through the proxy, a token of the principal that the
// environment names.
#include <map>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/secret.h"
#include "cli/environment.h"
#include "http/client.h"

namespace axonite::cli {

class Client {
 public:
  explicit Client(const Environment& environment);

  // `url` = "https://management.azure.com/…?api-version=…"; the token is for the audience that the host asks for.
  // The status may be any. Errors: those of the transport; unauthenticated("TokenRefused") with the service's answer.
  Result<http::Incoming> send(std::string method, std::string url, std::string body = {});
  // The same for answers that must be a success: others are invalid("ServiceRefused") with the service's answer whole.
  // Follows a long-running operation to its end. Null where the answer has no body.
  Result<json::Value> call(std::string method, std::string url, std::string body = {});
  const std::string& subscription() const { return subscription_; }

 private:
  Result<std::string> token(std::string_view audience);

  std::unique_ptr<http::Transport> transport_;
  std::string tenant_, client_, subscription_;
  Secret secret_;
  std::map<std::string, std::string, std::less<>> tokens_;  // by audience; a command ends before they do
};

}  // namespace axonite::cli
