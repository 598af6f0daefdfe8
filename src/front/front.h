#pragma once
// The stages every request passes, in order: find the service and row, authenticate, authorize, run, shape the
// error, audit. The only place where they stand; a handler cannot skip one.
#include <memory>

#include "base/clock.h"
#include "event/stream.h"
#include "front/operation.h"

namespace axonite::front {

struct CallCount {
  std::string host, operation;
  bool supported = true;
  std::uint64_t count = 0, failed = 0;  // failed: status 400 and above
  std::chrono::nanoseconds duration{};
};

class Front {
 public:
  Front(const identity::TokenVerifier& tokens, const identity::Authorizer& authorizer, event::Stream& events,
        Clock& clock);
  ~Front();

  // All services are added before the first request.
  void add(Service service);
  // Whether a host belongs to one of our services, so that the proxy ends its TLS here.
  bool serves(std::string_view host) const;
  // What the HTTP server and the in-process client call. Valid as long as the front.
  http::Handler handler();
  // "<service>.<name>" of every row, for the parity table.
  std::vector<std::string> operation_names() const;
  // What was called since the start, for `axonite exec --report` and the status page. Requests that no row matched
  // stand under their method and host, with `supported` false; at most 1,000 of them are told apart.
  std::vector<CallCount> call_counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace axonite::front
