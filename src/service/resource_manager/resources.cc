#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "service/resource_manager/filter.h"
#include "service/resource_manager/handlers.h"

namespace axonite::service::resource_manager {
namespace {

constexpr std::size_t kScannedMax = 10'000;

// A list item carries everything but properties.
Result<json::Value> shape(const resource::Document& document) {
  TRY(json::Value body, arm::body_of(document));
  json::Object shaped{
      {"id", document.id.text()}, {"name", std::string(document.id.name())}, {"type", document.id.type()}};
  for (std::string_view member : {"location", "kind", "sku", "tags", "identity"})
    if (const json::Value* found = json::find(body, member)) shaped[member] = *found;
  return shaped;
}

bool keeps(const Filter& filter, const resource::Document& document) {
  auto body = arm::body_of(document);
  return body && filter.matches(document.id, *body);
}

}  // namespace

Answer list_resources(Rooms& rooms, front::Call& call) {
  TRY(auto target, arm::target(call));
  TRY(Filter filter, Filter::parse(call.query("$filter")));
  std::size_t count_max = text::parse_int<std::size_t>(call.query("$top")).value_or(100);
  resource::Page answer{.documents = {}, .continuation = std::string(call.query("$skiptoken"))};
  std::size_t scanned = 0;
  do {
    TRY(resource::Page page, filter.resource_type().empty()
                                 ? rooms.documents.list_resources(target, answer.continuation, count_max)
                                 : rooms.documents.list(target, filter.resource_type(), answer.continuation, count_max));
    scanned += page.documents.size();
    for (resource::Document& document : page.documents) {
      bool readable = rooms.authorizer.authorize(call.principal, document.id.type() + "/read", document.id.text()).has_value();
      if (readable && keeps(filter, document)) answer.documents.push_back(std::move(document));
    }
    answer.continuation = std::move(page.continuation);
  } while (answer.documents.empty() && !answer.continuation.empty() && scanned < kScannedMax);
  return arm::list_response(call, answer, shape);
}

}  // namespace axonite::service::resource_manager
