#pragma once
// HTTP calls from one service to another. Each carries its principal's token and a time limit, is repeated with
// backoff while the other side is unwell, stops asking a host that stays unwell (circuit breaker), and leaves an
// audit event. Whether the host is ours or the network's is the Transport's affair.
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "event/stream.h"
#include "http/client.h"
#include "identity/principal.h"

namespace axonite::linked_service {

// Tokens for managed identities; implemented by server over identity.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  virtual Result<Secret> token(const identity::Principal& principal, std::string_view audience) = 0;
};

struct CallPolicy {
  int attempts = 4;
  std::chrono::milliseconds backoff{200};  // doubles with each attempt; Retry-After wins, up to backoff_max
  std::chrono::milliseconds backoff_max{10'000};
  int failures_to_open = 5;                // in a row, per host
  std::chrono::seconds open_for{30};       // then one call may try (half-open)
};

// Who calls, for the token and the audit.
struct CallContext {
  identity::Principal principal;
  std::string from;            // "factories/adf1"
  std::string operation;       // "GetSecret"
  std::string correlation_id;  // the run
  std::string audience;        // empty: without a token
  std::stop_token stop;
};

enum class BreakerState { closed, open, half_open };

// Events of category "call": {"caller","from","to","operation","status","outcome","attempts","durationMs"}.
class Caller {
 public:
  Caller(http::Transport& transport, TokenSource& tokens, event::Stream* events, Clock& clock, CallPolicy policy = {});
  // Any status below 500 but 408 and 429 is an answer; the others are repeated, and the last one is returned.
  // Errors: those of Transport; unavailable("CircuitOpen"); cancelled("Cancelled"); those of TokenSource.
  Result<http::Incoming> call(const CallContext& context, http::Outgoing request);

  BreakerState breaker(const std::string& host);
  std::uint64_t calls() const { return calls_.load(); }
  std::uint64_t failures() const { return failures_.load(); }

 private:
  struct Breaker {
    int failures = 0;
    Time open_until{};
    bool trying = false;
  };
  Result<void> enter(const std::string& host);
  void leave(const std::string& host, bool well);
  Result<http::Incoming> attempt_all(const CallContext& context, const http::Outgoing& request, const std::string& host, int& attempts);
  void audit(const CallContext& context, const std::string& host, const Result<http::Incoming>& outcome, int attempts, Time began);

  http::Transport& transport_;
  TokenSource& tokens_;
  event::Stream* events_;
  Clock& clock_;
  CallPolicy policy_;
  std::mutex mutex_;
  std::map<std::string, Breaker> breakers_;
  std::atomic<std::uint64_t> calls_ = 0, failures_ = 0;
};

}  // namespace axonite::linked_service
