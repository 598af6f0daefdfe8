#include "front/front.h"

#include <algorithm>
#include <unordered_map>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "front/stages.h"
#include "front/tally.h"
#include "http/router.h"

namespace axonite::front {
namespace {

struct Mounted {
  explicit Mounted(Service given) : service(std::move(given)), router(service.ignore_path_case) {
    // Rows with more conditions are offered first.
    std::vector<std::size_t> order(service.operations.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    auto conditions = [&](std::size_t row) {
      const Match& match = service.operations[row].match;
      return match.query.size() + match.headers.size();
    };
    std::ranges::sort(order, {}, [&](std::size_t row) { return std::pair(-static_cast<std::ptrdiff_t>(conditions(row)), row); });
    for (std::size_t row : order) router.add(service.operations[row].method, service.operations[row].path, row);
  }
  Service service;
  http::Router router;
};

}  // namespace

bool matches(const Match& match, const http::Request& request) {
  auto fits = [](bool present, std::string_view value, std::string_view wanted) {
    return present && (wanted == "*" || text::equals_ignoring_case(value, wanted));
  };
  for (auto [key, wanted] : match.query)
    if (!fits(request.query.contains(key), request.query.get(key), wanted)) return false;
  for (auto [name, wanted] : match.headers)
    if (!fits(request.headers.contains(name), request.headers.get(name), wanted)) return false;
  return true;
}

struct Front::State {
  const identity::TokenVerifier& tokens;
  const identity::Authorizer& authorizer;
  event::Stream& events;
  Clock& clock;
  std::unordered_map<std::string, std::vector<Mounted*>> by_host;
  std::vector<std::pair<std::string, Mounted*>> by_suffix;  // ".vault.azure.net"
  std::vector<std::unique_ptr<Mounted>> mounted;
  Tally tally;

  std::vector<Mounted*> services_of(std::string_view host) const {
    if (auto exact = by_host.find(std::string(host)); exact != by_host.end()) return exact->second;
    std::vector<Mounted*> found;
    for (const auto& [suffix, service] : by_suffix)
      if (host.size() > suffix.size() && host.ends_with(suffix)) found.push_back(service);
    return found;
  }

  http::Response serve(http::Request& request);
  http::Response answer(Mounted& mounted, const Operation* operation, const Error* error, Call& call);
};

namespace {

bool is_local(std::string_view host) { return host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host == "::1"; }

// The row for the request among the services of its host; the first service that knows the path answers for misses.
struct Resolved {
  Mounted* mounted = nullptr;
  const Operation* operation = nullptr;
  http::Router::Outcome outcome = http::Router::Outcome::no_path;
};

Resolved resolve(const std::vector<Mounted*>& candidates, http::Request& request, Call& call) {
  Resolved best;
  for (Mounted* mounted : candidates) {
    http::Router::Found found;
    auto accept = [&](std::size_t row) { return matches(mounted->service.operations[row].match, request); };
    auto outcome = mounted->router.find(request.method, request.path, accept, found);
    if (outcome == http::Router::Outcome::found) {
      for (auto [name, raw] : found.parameters)
        call.path_parameters.emplace_back(name, text::percent_decode(raw).value_or(std::string(raw)));
      return {mounted, &mounted->service.operations[found.row], outcome};
    }
    bool better = !best.mounted || (best.outcome == http::Router::Outcome::no_path && outcome != http::Router::Outcome::no_path);
    if (better) best = {mounted, nullptr, outcome};
  }
  return best;
}

Error miss(http::Router::Outcome outcome, const http::Request& request) {
  if (outcome == http::Router::Outcome::no_method)
    return unsupported("UnsupportedHttpVerb", "The method " + request.method + " is not supported for this resource.");
  if (outcome == http::Router::Outcome::refused)
    return unsupported("UnsupportedOperation", "This form of " + request.method + " " + request.path + " is not supported by Axonite.");
  return not_found("ResourceNotFound", "Axonite serves no resource at " + request.path + ".");
}

http::Response unknown_host(const http::Request& request) {
  return http::json_response(404, "{\"error\":{\"code\":\"UnknownHost\",\"message\":\"Axonite serves no service at the host '" +
                                      text::percent_encode(request.host) + "'.\"}}");
}

}  // namespace

http::Response Front::State::answer(Mounted& mounted, const Operation* operation, const Error* error, Call& call) {
  Stages stages{mounted.service, tokens, authorizer};
  Result<http::Response> result = error ? Result<http::Response>(std::unexpected(*error)) : stages.run(*operation, call);
  if (!result && !result.error().log.empty()) log::error(mounted.service.name, call.operation + ": " + result.error().log);
  http::Response response = result ? std::move(*result) : mounted.service.shape_error(result.error(), call);
  if (mounted.service.finish) mounted.service.finish(response, call);
  return response;
}

http::Response Front::State::serve(http::Request& request) {
  Time begin = clock.now();
  auto candidates = services_of(is_local(request.host) ? "localhost" : std::string_view(request.host));
  if (candidates.empty()) return unknown_host(request);
  Call call(request);
  call.request_id = new_uuid();
  std::string_view correlation = request.headers.get("x-ms-correlation-request-id");
  call.correlation_id = correlation.empty() || correlation.size() > 128 ? new_uuid() : std::string(correlation);
  Resolved resolved = resolve(candidates, request, call);
  call.operation = resolved.mounted->service.name + "." + (resolved.operation ? std::string(resolved.operation->name) : "unknown");
  Error missed;
  if (!resolved.operation) missed = miss(resolved.outcome, request);
  http::Response response = answer(*resolved.mounted, resolved.operation, resolved.operation ? nullptr : &missed, call);
  Time end = clock.now();
  std::string_view counted = resolved.operation ? std::string_view(call.operation) : std::string_view(request.path);
  tally.add(request.host, counted, resolved.operation != nullptr, response.status, end - begin);
  if (resolved.mounted->service.audited) audit(events, call, response, begin, end);
  return response;
}

Front::Front(const identity::TokenVerifier& tokens, const identity::Authorizer& authorizer, event::Stream& events,
             Clock& clock)
    : state_(new State{tokens, authorizer, events, clock, {}, {}, {}, {}}) {}

Front::~Front() = default;

void Front::add(Service service) {
  if (!service.shape_error) fatal("the service " + service.name + " shapes no errors");
  Mounted* mounted = state_->mounted.emplace_back(std::make_unique<Mounted>(std::move(service))).get();
  for (const std::string& host : mounted->service.hosts) {
    if (host.starts_with("*.")) state_->by_suffix.emplace_back(host.substr(1), mounted);
    else state_->by_host[host].push_back(mounted);
  }
}

bool Front::serves(std::string_view host) const {
  return !state_->services_of(is_local(host) ? std::string_view("localhost") : host).empty();
}

http::Handler Front::handler() {
  return [this](http::Request& request) { return state_->serve(request); };
}

std::vector<CallCount> Front::call_counts() const { return state_->tally.counts(); }

std::vector<std::string> Front::operation_names() const {
  std::vector<std::string> names;
  for (const auto& mounted : state_->mounted)
    for (const Operation& operation : mounted->service.operations)
      names.push_back(mounted->service.name + "." + std::string(operation.name));
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace axonite::front
