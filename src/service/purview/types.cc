#include <boost/json.hpp>

#include "catalog/errors.h"
#include "service/purview/handlers.h"

namespace axonite::service::purview {
namespace {

Answer shown(const catalog::Definition* definition, const front::Call& call, std::string_view asked) {
  std::string_view kind = call.path("kind");
  bool any = kind == "typedef";
  if (!any && catalog::category_of(kind).empty()) return std::unexpected(catalog::bad_parameters("no type category is called " + std::string(kind)));
  if (!definition || (!any && definition->category != catalog::category_of(kind))) return std::unexpected(catalog::unknown_type(asked));
  return json_answer(definition->body);
}

}  // namespace

Answer list_types(Rooms& rooms, front::Call& call) {
  std::string_view wanted = call.query("type");
  if (!wanted.empty() && catalog::category_of(wanted).empty()) return std::unexpected(catalog::bad_parameters("no type category is called " + std::string(wanted)));
  return json_answer(catalog::write_definitions(rooms.catalog.types()->definitions(), catalog::category_of(wanted)));
}

Answer list_type_headers(Rooms& rooms, front::Call&) {
  json::Array headers;
  auto types = rooms.catalog.types();
  for (const auto& [name, definition] : types->definitions())
    headers.push_back(json::Object{{"guid", definition.guid}, {"name", name}, {"category", definition.category}});
  return json_answer(json::Value(std::move(headers)));
}

Answer get_type_by_name(Rooms& rooms, front::Call& call) {
  auto types = rooms.catalog.types();
  return shown(types->find(call.path("name")), call, call.path("name"));
}

Answer get_type_by_guid(Rooms& rooms, front::Call& call) {
  auto types = rooms.catalog.types();
  return shown(types->find_guid(call.path("guid")), call, call.path("guid"));
}

Answer create_types(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  TRY(auto definitions, catalog::read_definitions(body));
  TRY(auto made, rooms.catalog.create_types(std::move(definitions), user(call)));
  return json_answer(catalog::write_definitions(made));
}

Answer update_types(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  TRY(auto definitions, catalog::read_definitions(body));
  TRY(auto made, rooms.catalog.update_types(std::move(definitions), user(call)));
  return json_answer(catalog::write_definitions(made));
}

Answer delete_types(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  TRY(auto definitions, catalog::read_definitions(body));
  std::vector<std::string> names;
  for (const auto& [name, definition] : definitions) names.push_back(name);
  CHECK_OK(rooms.catalog.remove_types(names));
  return http::empty_response(204);
}

Answer delete_type(Rooms& rooms, front::Call& call) {
  CHECK_OK(rooms.catalog.remove_types({std::string(call.path("name"))}));
  return http::empty_response(204);
}

}  // namespace axonite::service::purview
