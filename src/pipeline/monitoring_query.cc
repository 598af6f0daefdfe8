#include "pipeline/monitoring_query.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline {
namespace {

constexpr std::size_t kPage = 100;

Error bad(std::string message, std::string target) { return invalid("BadRequest", std::move(message), std::move(target)); }

Result<Time> required_time(const json::Value& body, std::string_view key) {
  const json::Value* value = definition::member(body, key);
  if (value && value->is_string())
    if (auto time = parse_iso(std::string_view(value->get_string()))) return *time;
  return std::unexpected(bad("'" + std::string(key) + "' must be a time in ISO 8601.", std::string(key)));
}

Result<RunQuery::Filter> parse_filter(const json::Value& value) {
  RunQuery::Filter filter;
  filter.operand = text::to_lower(json::string_or(value, "operand"));
  std::string op = text::to_lower(json::string_or(value, "operator"));
  if (op == "notequals" || op == "notin") filter.negated = true;
  else if (op != "equals" && op != "in") return std::unexpected(bad("The operator '" + op + "' is not known.", "filters"));
  const json::Value* values = definition::member(value, "values");
  if (!values || !values->is_array() || values->get_array().empty())
    return std::unexpected(bad("A filter needs 'values'.", "filters"));
  for (const json::Value& entry : values->get_array()) {
    if (!entry.is_string()) return std::unexpected(bad("The values of a filter must be strings.", "filters"));
    filter.values.emplace_back(std::string_view(entry.get_string()));
  }
  return filter;
}

std::string text_of(const json::Value& item, std::string_view member) {
  const json::Value* value = json::find(item, member);
  if (!value || value->is_null()) return {};
  return value->is_string() ? std::string(value->get_string()) : json::write(*value);
}

bool matches(const std::string& given, const std::string& wanted) {
  if (text::equals_ignoring_case(given, wanted)) return true;
  auto a = parse_iso(given), b = parse_iso(wanted);
  return a && b && *a == *b;
}

bool keeps(const RunQuery::Filter& filter, const json::Value& item, std::string_view member) {
  std::string given = text_of(item, member);
  bool found = std::any_of(filter.values.begin(), filter.values.end(), [&](const auto& value) { return matches(given, value); });
  return found != filter.negated;
}

}  // namespace

Result<RunQuery> parse_run_query(const json::Value& body) {
  RunQuery query;
  TRY(query.after, required_time(body, "lastUpdatedAfter"));
  TRY(query.before, required_time(body, "lastUpdatedBefore"));
  std::string token = json::string_or(body, "continuationToken");
  if (!token.empty()) {
    auto skip = text::parse_int<std::size_t>(token);
    if (!skip) return std::unexpected(bad("The continuation token is not one of ours.", "continuationToken"));
    query.skip = *skip;
  }
  if (const json::Value* filters = definition::member(body, "filters")) {
    if (!filters->is_array()) return std::unexpected(bad("'filters' must be an array.", "filters"));
    for (const json::Value& value : filters->get_array()) {
      TRY(auto filter, parse_filter(value));
      query.filters.push_back(std::move(filter));
    }
  }
  const json::Value* order = definition::member(body, "orderBy");
  if (order && order->is_array() && !order->get_array().empty()) {
    query.order_by = text::to_lower(json::string_or(order->get_array()[0], "orderBy"));
    query.descending = text::equals_ignoring_case(json::string_or(order->get_array()[0], "order"), "DESC");
  }
  return query;
}

Result<json::Value> answer_run_query(const RunQuery& query, std::vector<json::Value> items,
                                     std::optional<std::string> (*member_of)(std::string_view operand)) {
  for (const RunQuery::Filter& filter : query.filters) {
    if (filter.operand == "latestonly") continue;  // every run here is the latest of its group
    auto member = member_of(filter.operand);
    if (!member) return std::unexpected(bad("The operand '" + filter.operand + "' cannot be asked for here.", "filters"));
    std::erase_if(items, [&](const json::Value& item) { return !keeps(filter, item, *member); });
  }
  if (!query.order_by.empty()) {
    auto member = member_of(query.order_by);
    if (!member) return std::unexpected(bad("There is no order by '" + query.order_by + "' here.", "orderBy"));
    std::stable_sort(items.begin(), items.end(), [&](const json::Value& a, const json::Value& b) {
      std::string left = text_of(a, *member), right = text_of(b, *member);
      return query.descending ? right < left : left < right;
    });
  }
  json::Array page;
  std::size_t end = std::min(items.size(), query.skip + kPage);
  for (std::size_t i = query.skip; i < end; ++i) page.push_back(std::move(items[i]));
  json::Object answer{{"value", std::move(page)}};
  if (end < items.size()) answer["continuationToken"] = std::to_string(end);
  return answer;
}

}  // namespace axonite::pipeline
