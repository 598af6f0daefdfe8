#pragma once
// The stages of front.cc, each a function of its own so that their order can be read in one place (Stages::run).
#include "base/clock.h"
#include "event/stream.h"
#include "front/operation.h"

namespace axonite::front {

bool matches(const Match& match, const http::Request& request);

struct Stages {
  const Service& service;
  const identity::TokenVerifier& tokens;
  const identity::Authorizer& authorizer;

  // authenticate → authorize → handler.
  Result<http::Response> run(const Operation& operation, Call& call) const;
  Result<identity::Principal> authenticate(Call& call) const;
  Result<void> authorize(const Permission& permission, Call& call) const;
};

// One event of category "request" per request: who, operation, host, status, duration in µs. Never a body or a header.
void audit(event::Stream& events, const Call& call, const http::Response& response, Time begin, Time end);

}  // namespace axonite::front
