#include <boost/json.hpp>

#include "catalog/errors.h"
#include "service/purview/handlers.h"

namespace axonite::service::purview {
namespace {

json::Value* named(json::Array& list, std::string_view name) {
  for (json::Value& one : list)
    if (json::string_or(one, "typeName") == name) return &one;
  return nullptr;
}

Error not_associated(std::string_view name) { return invalid("ATLAS-400-00-06D", "Given classification " + std::string(name) + " is not associated with entity"); }

Result<json::Value> stored(const Rooms& rooms, const json::Value& given, std::string_view guid) {
  std::string name = json::string_or(given, "typeName");
  const catalog::Definition* definition = rooms.catalog.types()->find(name);
  if (!definition || definition->category != "CLASSIFICATION") return std::unexpected(invalid("ATLAS-400-00-046", "classification " + name + " does not exist"));
  json::Object one = given.get_object();
  one["entityGuid"] = guid;
  one["entityStatus"] = "ACTIVE";
  return json::Value(std::move(one));
}

enum class Mode { add, replace };

Result<void> put(Rooms& rooms, const front::Call& call, std::string_view guid, const json::Array& given, Mode mode) {
  json::Array wanted;
  for (const json::Value& one : given) {
    TRY(json::Value kept, stored(rooms, one, guid));
    wanted.push_back(std::move(kept));
  }
  return rooms.catalog.change_classifications(guid, [&](json::Array& list) -> Result<void> {
    for (const json::Value& one : wanted) {
      std::string name = json::string_or(one, "typeName");
      json::Value* there = named(list, name);
      if (mode == Mode::add && there) return std::unexpected(invalid("ATLAS-400-00-01B", "entity " + std::string(guid) + " already has classification " + name));
      if (mode == Mode::replace && !there) return std::unexpected(not_associated(name));
      if (there) *there = one;
      else list.push_back(one);
    }
    return ok();
  }, user(call));
}

Result<json::Array> list_of(Rooms& rooms, std::string_view guid) {
  TRY(json::Value header, rooms.catalog.header(guid));
  return json::find(header, "classifications")->get_array();
}

Answer put_listed(Rooms& rooms, front::Call& call, Mode mode) {
  TRY(json::Value body, call.body_json());
  if (!body.is_array()) return std::unexpected(catalog::bad_parameters("classifications are a list"));
  CHECK_OK(put(rooms, call, call.path("guid"), body.get_array(), mode));
  return http::empty_response(204);
}

}  // namespace

Answer get_classifications(Rooms& rooms, front::Call& call) {
  TRY(json::Array list, list_of(rooms, call.path("guid")));
  return json_answer(json::Object{{"list", std::move(list)}, {"startIndex", 0}, {"pageSize", -1}, {"totalCount", 0}, {"sortType", "NONE"}});
}

Answer get_classification(Rooms& rooms, front::Call& call) {
  TRY(json::Array list, list_of(rooms, call.path("guid")));
  json::Value* one = named(list, call.path("name"));
  if (!one) return std::unexpected(not_associated(call.path("name")));
  return json_answer(*one);
}

Answer add_classifications(Rooms& rooms, front::Call& call) { return put_listed(rooms, call, Mode::add); }
Answer update_classifications(Rooms& rooms, front::Call& call) { return put_listed(rooms, call, Mode::replace); }

Answer delete_classification(Rooms& rooms, front::Call& call) {
  std::string name(call.path("name"));
  CHECK_OK(rooms.catalog.change_classifications(call.path("guid"), [&](json::Array& list) -> Result<void> {
    json::Value* one = named(list, name);
    if (!one) return std::unexpected(not_associated(name));
    list.erase(one);
    return ok();
  }, user(call)));
  return http::empty_response(204);
}

Answer classify_many(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  TRY(const json::Value* classification, json::required_object(body, "classification"));
  TRY(const json::Value* guids, json::required_array(body, "entityGuids"));
  for (const json::Value& guid : guids->get_array()) {
    if (!guid.is_string()) return std::unexpected(catalog::bad_parameters("entityGuids are texts"));
    CHECK_OK(put(rooms, call, guid.get_string(), {*classification}, Mode::add));
  }
  return http::empty_response(204);
}

}  // namespace axonite::service::purview
