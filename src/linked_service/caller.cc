#include "linked_service/caller.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace axonite::linked_service {
namespace {

bool unwell(const Result<http::Incoming>& outcome) {
  if (!outcome) return outcome.error().kind == Error::Kind::unavailable || outcome.error().code == "RequestTimeout";
  return outcome->status >= 500 || outcome->status == 408 || outcome->status == 429;
}

std::chrono::milliseconds pause(const Result<http::Incoming>& outcome, const CallPolicy& policy, int attempt) {
  std::chrono::milliseconds wait = policy.backoff * (1 << std::min(attempt - 1, 10));
  if (outcome)
    if (auto seconds = text::parse_int<std::int64_t>(outcome->headers.get("Retry-After")); seconds && *seconds >= 0 && *seconds < 3600)
      wait = std::chrono::seconds(*seconds);
  return std::min(wait, policy.backoff_max);
}

}  // namespace

Caller::Caller(http::Transport& transport, TokenSource& tokens, event::Stream* events, Clock& clock, CallPolicy policy)
    : transport_(transport), tokens_(tokens), events_(events), clock_(clock), policy_(policy) {}

Result<http::Incoming> Caller::call(const CallContext& context, http::Outgoing request) {
  TRY(http::Url url, http::parse_url(request.url));
  Time began = clock_.now();
  int attempts = 0;
  Result<http::Incoming> outcome = std::unexpected(cancelled("Cancelled", "The call was cancelled."));
  if (auto token = context.audience.empty() ? Result<Secret>(Secret()) : tokens_.token(context.principal, context.audience); token) {
    if (!token->empty()) request.headers.set("Authorization", "Bearer " + token->reveal());
    request.headers.set("x-ms-client-request-id", context.correlation_id);
    outcome = attempt_all(context, request, url.host, attempts);
  } else {
    outcome = std::unexpected(token.error());
  }
  ++calls_;
  if (!outcome || outcome->status >= 400) ++failures_;
  audit(context, url.host, outcome, attempts, began);
  return outcome;
}

Result<http::Incoming> Caller::attempt_all(const CallContext& context, const http::Outgoing& request, const std::string& host,
                                           int& attempts) {
  while (true) {
    CHECK_OK(enter(host));
    Result<http::Incoming> outcome = transport_.send(request, context.stop);
    bool failed = unwell(outcome);
    leave(host, !failed);
    if (!failed || ++attempts >= policy_.attempts) {
      attempts += failed ? 0 : 1;
      return outcome;
    }
    if (!clock_.wait_until(clock_.now() + pause(outcome, policy_, attempts), context.stop))
      return std::unexpected(cancelled("Cancelled", "The call was cancelled."));
  }
}

Result<void> Caller::enter(const std::string& host) {
  std::lock_guard lock(mutex_);
  Breaker& breaker = breakers_[host];
  if (breaker.failures < policy_.failures_to_open) return ok();
  if (clock_.now() < breaker.open_until || breaker.trying)
    return std::unexpected(unavailable("CircuitOpen", "'" + host + "' did not answer lately; it is not asked again for a while."));
  breaker.trying = true;
  return ok();
}

void Caller::leave(const std::string& host, bool well) {
  std::lock_guard lock(mutex_);
  Breaker& breaker = breakers_[host];
  breaker.trying = false;
  breaker.failures = well ? 0 : breaker.failures + 1;
  if (breaker.failures >= policy_.failures_to_open) breaker.open_until = clock_.now() + policy_.open_for;
}

BreakerState Caller::breaker(const std::string& host) {
  std::lock_guard lock(mutex_);
  const Breaker& breaker = breakers_[host];
  if (breaker.failures < policy_.failures_to_open) return BreakerState::closed;
  return clock_.now() < breaker.open_until ? BreakerState::open : BreakerState::half_open;
}

void Caller::audit(const CallContext& context, const std::string& host, const Result<http::Incoming>& outcome, int attempts, Time began) {
  if (!events_) return;
  json::Object body{{"caller", context.principal.name},
                    {"from", context.from},
                    {"to", host},
                    {"operation", context.operation},
                    {"status", outcome ? outcome->status : 0},
                    {"outcome", outcome ? (outcome->status < 400 ? "Succeeded" : "Failed") : outcome.error().code},
                    {"attempts", attempts},
                    {"durationMs", std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - began).count()}};
  events_->append_async({.category = "call", .correlation_id = context.correlation_id, .body = json::write(body)});
}

}  // namespace axonite::linked_service
