#pragma once
// For unit tests of services: a front with real documents and operations in a temporary folder, a verifier that takes
// the token's text as the caller's name, and an authorizer that refuses the caller "guest".
#include <boost/json/fwd.hpp>

#include "arm/managed_identity.h"
#include "arm/operations.h"
#include "arm/providers.h"
#include "base/id.h"
#include "front/front.h"

namespace axonite::arm {

class NamesAreTokens : public identity::TokenVerifier {
 public:
  Result<identity::Principal> verify(std::string_view token, const std::vector<std::string_view>&) const override {
    if (token == "expired") return std::unexpected(unauthenticated("ExpiredAuthenticationToken", "The token has expired."));
    return identity::Principal{.kind = identity::Principal::Kind::service_principal, .object_id = std::string(token), .name = std::string(token)};
  }
};

class GuestsMayNothing : public identity::Authorizer {
 public:
  Result<void> authorize(const identity::Principal& who, std::string_view action, std::string_view scope, identity::RoleSystem) const override {
    if (who.name != "guest") return ok();
    return std::unexpected(forbidden("AuthorizationFailed", "The client '" + who.name + "' may not " + std::string(action) + " at " + std::string(scope) + "."));
  }
  Result<void> authorize_data(const identity::Principal& who, std::string_view action, std::string_view scope) const override {
    return authorize(who, action, scope, identity::RoleSystem::azure);
  }
};

class CountedIdentities : public ManagedIdentities {
 public:
  Result<ManagedIdentity> ensure(const resource::ResourceId& resource) override {
    return ManagedIdentity{.principal_id = "identity-of-" + std::string(resource.name()), .tenant_id = "tenant"};
  }
  Result<void> remove(const resource::ResourceId& resource) override {
    removed.emplace_back(resource.name());
    return ok();
  }
  std::vector<std::string> removed;
};

struct Answered {
  int status = 0;
  std::string text;
  http::Headers headers;
};

class ServiceFixture {
 public:
  ServiceFixture()
      : directory_(std::filesystem::temp_directory_path() / ("axonite-" + new_uuid())) {
    std::filesystem::create_directories(directory_);
    events = std::move(*event::Stream::open(directory_ / "events.db", clock));
    documents = std::move(*resource::Documents::open(directory_ / "resources.db", *events, clock));
    operations = std::move(*Operations::open(directory_ / "operations.db", clock));
    front = std::make_unique<front::Front>(tokens, authorizer, *events, clock);
    for (std::string_view path : {"/subscriptions/s", "/subscriptions/s/resourceGroups/g"})
      (void)documents->put(*resource::ResourceId::parse(path), R"({"location":"eastus","tenantId":"tenant"})", {}, {});
  }
  ~ServiceFixture() {
    front.reset();
    operations.reset();
    documents.reset();
    events.reset();
    std::filesystem::remove_all(directory_);
  }

  Answered call(std::string_view method, std::string_view url, std::string body = {}, std::vector<std::pair<std::string, std::string>> headers = {}) {
    http::Request request;
    request.method = method;
    request.secure = true;
    std::string_view rest = url;
    request.host = host;
    std::size_t question = rest.find('?');
    request.path = rest.substr(0, question);
    request.raw_query = question == std::string_view::npos ? "api-version=2021-06-01" : rest.substr(question + 1);
    request.query = std::move(*http::Query::parse(request.raw_query));
    request.headers.add("Authorization", "Bearer " + caller);
    for (auto& [name, value] : headers) request.headers.add(name, value);
    request.content_length = body.size();
    request.body = http::memory_body(std::move(body));
    http::Response response = front->handler()(request);
    std::string text = http::read_response(response, 16u << 20).value_or("");
    return {response.status, std::move(text), std::move(response.headers)};
  }
  // Follows Location until the operation has ended.
  Answered follow(const Answered& began) {
    std::string url(began.headers.get("Location"));
    std::string path = url.substr(url.find('/', 8));
    Answered answer;
    for (int i = 0; i < 50; ++i)
      if ((answer = call("GET", path)).status != 202) break;
    return answer;
  }

  Clock& clock = system_clock();
  std::string host = "management.azure.com";
  std::string caller = "owner";
  NamesAreTokens tokens;
  GuestsMayNothing authorizer;
  CountedIdentities identities;
  Removers removers;
  std::unique_ptr<event::Stream> events;
  std::unique_ptr<resource::Documents> documents;
  std::unique_ptr<Operations> operations;
  std::unique_ptr<front::Front> front;
  std::filesystem::path directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
};

}  // namespace axonite::arm
