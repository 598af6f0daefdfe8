#include "service/resource_manager/filter.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"

namespace axonite::service::resource_manager {
namespace {

constexpr std::size_t kBytesMax = 2048;
constexpr std::string_view kFields[] = {"resourceType", "name", "location", "resourceGroup", "tagName", "tagValue"};

Error bad(std::string_view text) {
  return invalid("InvalidFilterInQueryString", "The filter '" + std::string(text.substr(0, 200)) +
                                                   "' is not supported; use comparisons with 'eq' joined by 'and'.", "$filter");
}

// Cuts `word` and the blanks around it off the front of `rest`, comparing without case.
bool take(std::string_view& rest, std::string_view word) {
  std::string_view trimmed = text::trim(rest);
  if (!text::starts_with_ignoring_case(trimmed, word)) return false;
  std::string_view after = trimmed.substr(word.size());
  if (!after.empty() && after.front() != ' ' && after.front() != '\'') return false;
  rest = text::trim(after);
  return true;
}

// 'it''s'
bool take_text(std::string_view& rest, std::string& value) {
  if (!rest.starts_with('\'')) return false;
  for (std::size_t at = 1; at < rest.size(); ++at) {
    if (rest[at] != '\'') {
      value += rest[at];
    } else if (at + 1 < rest.size() && rest[at + 1] == '\'') {
      value += rest[++at];
    } else {
      rest = text::trim(rest.substr(at + 1));
      return true;
    }
  }
  return false;
}

}  // namespace

Result<Filter> Filter::parse(std::string_view text) {
  Filter filter;
  std::string_view rest = text::trim(text);
  if (rest.empty()) return filter;
  if (rest.size() > kBytesMax) return std::unexpected(bad(text));
  while (true) {
    auto field = std::ranges::find_if(kFields, [&](std::string_view name) { return take(rest, name); });
    std::string value;
    if (field == std::end(kFields) || !take(rest, "eq") || !take_text(rest, value)) return std::unexpected(bad(text));
    filter.equals_.emplace_back(*field, std::move(value));
    if (rest.empty()) return filter;
    if (!take(rest, "and")) return std::unexpected(bad(text));
  }
}

std::string_view Filter::value_of(std::string_view field) const {
  for (const auto& [name, value] : equals_)
    if (name == field) return value;
  return {};
}

bool Filter::matches(const resource::ResourceId& id, const json::Value& body) const {
  std::string_view tag_name = value_of("tagName");
  return std::ranges::all_of(equals_, [&](const auto& condition) {
    const auto& [field, value] = condition;
    if (field == "resourceType") return text::equals_ignoring_case(id.type(), value);
    if (field == "name") return text::equals_ignoring_case(id.name(), value);
    if (field == "resourceGroup") return text::equals_ignoring_case(id.resource_group(), value);
    if (field == "location") return text::equals_ignoring_case(json::string_or(body, "location"), value);
    const json::Value* tags = json::find(body, "tags");
    const json::Value* tag = tags ? json::find_ignoring_case(*tags, tag_name) : nullptr;
    if (field == "tagName") return tag != nullptr;
    return tag && tag->is_string() && std::string_view(tag->get_string()) == value;
  });
}

}  // namespace axonite::service::resource_manager
