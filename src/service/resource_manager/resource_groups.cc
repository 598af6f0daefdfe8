#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "base/json.h"
#include "base/text.h"
#include "service/resource_manager/handlers.h"

namespace axonite::service::resource_manager {
namespace {

constexpr std::string_view kDeletion = "resource_manager.DeleteResourceGroup";
constexpr std::string_view kWrite = "Microsoft.Resources/subscriptions/resourceGroups/write";
constexpr std::string_view kDelete = "Microsoft.Resources/subscriptions/resourceGroups/delete";
constexpr std::string_view kRead = "Microsoft.Resources/subscriptions/resourceGroups/read";

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("-._()").find(c) != std::string_view::npos;
}

// 1 to 90 of letters, digits and -._(), not ending in a period (resource naming rules).
Result<void> check_name(std::string_view name) {
  if (name.size() <= 90 && !name.ends_with('.') && std::ranges::all_of(name, is_name_character)) return ok();
  return std::unexpected(invalid("InvalidResourceGroup",
                                 "The provided resource group name '" + std::string(name) +
                                     "' is invalid. It can only hold letters, digits, '-', '.', '(', ')' and '_', at most 90 of them, and cannot end with a period."));
}

json::Value with_state(json::Object body, std::string_view state) {
  body["properties"] = json::Object{{"provisioningState", state}};
  return body;
}

// Tags are texts; anything else would come back as something the clients cannot read.
Result<void> check_tags(const json::Value& request) {
  const json::Value* tags = json::find(request, "tags");
  if (!tags || tags->is_null()) return ok();
  bool texts = tags->is_object() && std::ranges::all_of(tags->get_object(), [](const auto& tag) { return tag.value().is_string(); });
  if (texts && tags->get_object().size() <= 50) return ok();
  return std::unexpected(invalid("InvalidTagValue", "Tags must be at most 50 names with texts as values.", "tags"));
}

Result<json::Value> request_object(front::Call& call) {
  TRY(json::Value request, call.body_json());
  if (!request.is_object())
    return std::unexpected(invalid("InvalidRequestContent", "The request content must be a JSON object."));
  CHECK_OK(check_tags(request));
  return request;
}

std::string normal_location(std::string_view location) { return text::to_lower(text::replace_all(std::string(location), " ", "")); }

Result<json::Value> delete_everything(Rooms& rooms, const arm::Input& input, std::stop_token stop) {
  resource::Author quiet = input.author;
  while (true) {
    auto page = rooms.documents.list_resources(input.resource);
    if (!page && page.error().kind == Error::Kind::not_found) return json::Value();  // an earlier run got this far
    if (!page) return std::unexpected(std::move(page.error()));
    if (page->documents.empty()) break;
    for (const resource::Document& document : page->documents) {
      if (stop.stop_requested()) return std::unexpected(cancelled("Stopping", "The server is stopping."));
      quiet.operation = document.id.type() + "/delete";
      CHECK_OK(rooms.removers.remove(rooms.documents, document, quiet));
    }
  }
  CHECK_OK(rooms.documents.remove(input.resource, {}, input.author));
  return json::Value();
}

}  // namespace

void define_group_deletion(Rooms& rooms) {
  rooms.operations.define(std::string(kDeletion), [&rooms](const arm::Input& input, std::stop_token stop) {
    return delete_everything(rooms, input, stop);
  });
}

Answer put_group(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  CHECK_OK(check_name(id.name()));
  TRY(json::Value request, request_object(call));
  std::string location = normal_location(json::string_or(request, "location"));
  if (location.empty())
    return std::unexpected(invalid("LocationRequired", "The location property is required for this definition.", "location"));
  json::Object body{{"location", location}};
  if (const json::Value* tags = json::find(request, "tags"); tags && !tags->is_null()) body["tags"] = *tags;
  auto existing = rooms.documents.get(id);
  if (existing) {
    TRY(json::Value before, arm::body_of(*existing));
    std::string there = json::string_or(before, "location");
    if (there != location)
      return std::unexpected(conflict("InvalidResourceGroupLocation",
                                      "Invalid resource group location '" + location +
                                          "'. The Resource group already exists in location '" + there + "'."));
    if (json::string_or(before, "properties.provisioningState") == "Deleting")
      return std::unexpected(conflict("ResourceGroupBeingDeleted", "The resource group '" + std::string(id.name()) +
                                                                       "' is in deprovisioning state and cannot perform this operation."));
  }
  TRY(auto document, rooms.documents.put(id, json::write(with_state(std::move(body), "Succeeded")), {},
                                         arm::author(call, std::string(kWrite))));
  return arm::resource_response(existing ? 200 : 201, document);
}

Answer patch_group(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(json::Value request, request_object(call));
  auto change = [&](const resource::Document& current) -> Result<std::string> {
    TRY(json::Value body, arm::body_of(current));
    if (const json::Value* tags = json::find(request, "tags"); tags && !tags->is_null()) body.get_object()["tags"] = *tags;
    return json::write(body);
  };
  TRY(auto document, rooms.documents.update(id, change, {}, arm::author(call, std::string(kWrite))));
  return arm::resource_response(200, document);
}

Answer get_group(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  TRY(auto document, rooms.documents.get(id));
  return arm::resource_response(200, document);
}

Answer head_group(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  auto document = rooms.documents.get(id);
  if (!document && document.error().kind != Error::Kind::not_found) return std::unexpected(std::move(document.error()));
  return http::empty_response(document ? 204 : 404);
}

Answer delete_group(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  auto deleting = [](const resource::Document& current) -> Result<std::string> {
    TRY(json::Value body, arm::body_of(current));
    return json::write(with_state(std::move(body.get_object()), "Deleting"));
  };
  TRY(auto document, rooms.documents.update(id, deleting, {}, {}));
  TRY(json::Value body, arm::body_of(document));
  TRY(std::string operation, rooms.operations.begin(kDeletion, document.id, json::Object{}, arm::author(call, std::string(kDelete))));
  http::Response response = http::empty_response(202);
  arm::add_operation_headers(response, call, operation, "Microsoft.Resources", json::string_or(body, "location"));
  return response;
}

Answer list_groups(Rooms& rooms, front::Call& call) {
  TRY(auto id, arm::target(call));
  std::size_t count_max = text::parse_int<std::size_t>(call.query("$top")).value_or(100);
  TRY(resource::Page page, rooms.documents.list(id.subscription_id(), "Microsoft.Resources/resourceGroups",
                                                call.query("$skiptoken"), count_max));
  std::erase_if(page.documents, [&](const resource::Document& document) {
    return !rooms.authorizer.authorize(call.principal, kRead, document.id.text());
  });
  return arm::list_response(call, page, [](const resource::Document& document) { return arm::envelope(document); });
}

}  // namespace axonite::service::resource_manager
