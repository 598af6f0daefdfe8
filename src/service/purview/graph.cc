#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "catalog/errors.h"
#include "service/purview/handlers.h"

namespace axonite::service::purview {
namespace {

constexpr std::size_t kWidthMax = 9'000;

Error bad_lineage(std::string message) { return invalid("ATLAS-400-00-026", "Invalid lineage query parameters: " + std::move(message)); }

Result<std::size_t> number(const front::Call& call, std::string_view key, std::size_t fallback, std::size_t max) {
  std::string_view text = call.query(key);
  if (text.empty()) return fallback;
  auto value = text::parse_int<long>(text);
  if (!value || *value < -1) return std::unexpected(bad_lineage(std::string(key) + "=" + std::string(text)));
  return *value == -1 ? max : std::min<std::size_t>(static_cast<std::size_t>(*value), max);
}

Result<catalog::Direction> direction_of(const front::Call& call) {
  std::string_view text = call.query("direction");
  if (text.empty() || text::equals_ignoring_case(text, "BOTH")) return catalog::Direction::both;
  if (text::equals_ignoring_case(text, "INPUT")) return catalog::Direction::input;
  if (text::equals_ignoring_case(text, "OUTPUT")) return catalog::Direction::output;
  return std::unexpected(bad_lineage("direction=" + std::string(text)));
}

Answer lineage_of(Rooms& rooms, const front::Call& call, std::string_view guid) {
  catalog::LineageQuery query;
  TRY(query.direction, direction_of(call));
  TRY(query.depth, number(call, "depth", 3, 100));
  TRY(query.width, number(call, "width", 10, kWidthMax));
  query.include_parent = text::equals_ignoring_case(call.query("includeParent"), "true");
  TRY(json::Value answer, rooms.catalog.lineage(guid, query));
  return json_answer(answer);
}

// One type or a list of "entityType" leaves under "or"; anything else of the filter grammar is refused by name.
Result<void> read_filter(const json::Value& filter, std::vector<std::string>& types) {
  if (!filter.is_object()) return std::unexpected(catalog::bad_parameters("filter is an object"));
  for (const auto& [key, value] : filter.get_object()) {
    if ((key == "entityType" || key == "typeName") && value.is_string()) types.emplace_back(value.get_string());
    else if (key == "or" && value.is_array())
      for (const json::Value& one : value.get_array()) CHECK_OK(read_filter(one, types));
    else return std::unexpected(unsupported("SearchFilterNotSupported", "The search filter '" + std::string(key) + "' is not supported by Axonite; entityType is."));
  }
  return ok();
}

}  // namespace

Answer create_relationship(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  TRY(json::Value made, rooms.catalog.create_relationship(body, user(call)));
  return json_answer(made);
}

Answer get_relationship(Rooms& rooms, front::Call& call) {
  TRY(json::Value found, rooms.catalog.relationship(call.path("guid")));
  return json_answer(json::Object{{"relationship", std::move(found)}});
}

Answer delete_relationship(Rooms& rooms, front::Call& call) {
  CHECK_OK(rooms.catalog.remove_relationship(call.path("guid")));
  return http::empty_response(204);
}

Answer get_lineage(Rooms& rooms, front::Call& call) { return lineage_of(rooms, call, call.path("guid")); }

Answer get_lineage_by_name(Rooms& rooms, front::Call& call) {
  TRY(std::string name, unique_name(call));
  TRY(std::string guid, rooms.catalog.find(call.path("type"), name));
  return lineage_of(rooms, call, guid);
}

Answer get_next_lineage(Rooms& rooms, front::Call& call) {
  TRY(auto direction, direction_of(call));
  TRY(std::size_t offset, number(call, "offset", 0, kWidthMax));
  TRY(std::size_t limit, number(call, "limit", kWidthMax, kWidthMax));
  TRY(json::Value answer, rooms.catalog.next_lineage(call.path("guid"), direction, offset, limit));
  return json_answer(answer);
}

Answer search(Rooms& rooms, front::Call& call) {
  TRY(json::Value body, call.body_json());
  catalog::SearchQuery query{.keywords = json::string_or(body, "keywords")};
  TRY(auto limit, json::optional_integer(body, "limit"));
  TRY(auto offset, json::optional_integer(body, "offset"));
  if (limit.value_or(50) < 0 || limit.value_or(50) > 1'000 || offset.value_or(0) < 0) return std::unexpected(catalog::bad_parameters("limit is 0 to 1000, offset 0 or more"));
  query.limit = static_cast<std::size_t>(limit.value_or(50));
  query.offset = static_cast<std::size_t>(offset.value_or(0));
  if (const json::Value* filter = json::find(body, "filter"); filter && !filter->is_null()) CHECK_OK(read_filter(*filter, query.types));
  TRY(json::Value answer, rooms.catalog.search(query));
  return json_answer(answer);
}

}  // namespace axonite::service::purview
