#include "service/mlflow/arguments.h"

#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace axonite::service::mlflow {
namespace {

std::optional<std::int64_t> integer_of(const json::Value* value) {
  if (!value) return std::nullopt;
  if (value->is_int64()) return value->get_int64();
  if (value->is_double() && std::abs(value->get_double()) < 9e18) return static_cast<std::int64_t>(value->get_double());
  if (value->is_string()) return text::parse_int<std::int64_t>(value->get_string());
  return std::nullopt;
}

std::optional<double> number_of(const json::Value* value) {
  if (!value) return std::nullopt;
  if (value->is_double()) return value->get_double();
  if (value->is_int64()) return static_cast<double>(value->get_int64());
  if (value->is_uint64()) return static_cast<double>(value->get_uint64());
  if (!value->is_string()) return std::nullopt;
  std::string_view text = value->get_string();
  double number = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);  // also "NaN", "Infinity"
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (failed == std::errc::result_out_of_range) return text.starts_with('-') ? -HUGE_VAL : HUGE_VAL;
  return number;
}

std::string text_of(const json::Value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_null()) return {};
  return json::write(value);
}

json::Value query_object(const http::Query& query) {
  json::Object object;
  for (const auto& [key, value] : query) {
    if (!object.contains(key)) {
      object[key] = value;
      continue;
    }
    json::Value& there = object[key];
    if (!there.is_array()) there = json::Array{there};
    there.get_array().emplace_back(value);
  }
  return object;
}

}  // namespace

Result<Arguments> Arguments::of(front::Call& call) {
  Arguments arguments;
  if (call.request.method == "GET") {
    arguments.body_ = query_object(call.request.query);
    return arguments;
  }
  TRY(std::string text, call.body_text());
  auto parsed = text.empty() ? Result<json::Value>(json::Object{}) : json::parse(text);
  if (!parsed || !parsed->is_object()) return std::unexpected(invalid("BAD_REQUEST", "The request's body is not a JSON object."));
  arguments.body_ = std::move(*parsed);
  return arguments;
}

std::optional<std::string> Arguments::optional(std::string_view name) const {
  const json::Value* value = json::find(body_, name);
  if (!value || value->is_null()) return std::nullopt;
  return text_of(*value);
}

std::string Arguments::text_or(std::string_view name, std::string_view fallback) const { return optional(name).value_or(std::string(fallback)); }

Result<std::string> Arguments::text(std::string_view name) const {
  std::string value = text_or(name);
  if (value.empty()) return std::unexpected(ml::bad_value("Missing value for required parameter '" + std::string(name) + "'."));
  return value;
}

std::optional<std::int64_t> Arguments::integer(std::string_view name) const { return integer_of(json::find(body_, name)); }

std::vector<std::string> Arguments::list(std::string_view name) const {
  std::vector<std::string> all;
  const json::Value* value = json::find(body_, name);
  if (!value || value->is_null()) return all;
  if (!value->is_array()) return {text_of(*value)};
  for (const json::Value& one : value->get_array()) all.push_back(text_of(one));
  return all;
}

Result<std::vector<ml::Pair>> Arguments::pairs(std::string_view name) const {
  std::vector<ml::Pair> all;
  const json::Value* value = json::find(body_, name);
  if (!value || value->is_null()) return all;
  if (!value->is_array()) return std::unexpected(ml::bad_value("'" + std::string(name) + "' must be a list."));
  for (const json::Value& one : value->get_array()) {
    const json::Value *key = json::find(one, "key"), *content = json::find(one, "value");
    if (!key || !key->is_string()) return std::unexpected(ml::bad_value("Each of '" + std::string(name) + "' needs a 'key'."));
    all.push_back({std::string(key->get_string()), content ? text_of(*content) : ""});
  }
  return all;
}

Result<ml::Metric> read_metric(const json::Value& value) {
  const json::Value* key = json::find(value, "key");
  if (!key || !key->is_string() || key->get_string().empty()) return std::unexpected(ml::bad_value("A metric needs a 'key'."));
  auto number = number_of(json::find(value, "value"));
  auto time = integer_of(json::find(value, "timestamp"));
  const json::Value* step = json::find(value, "step");
  if (!number) return std::unexpected(ml::bad_value("The metric '" + std::string(key->get_string()) + "' needs a number as 'value'."));
  if (!time) return std::unexpected(ml::bad_value("The metric '" + std::string(key->get_string()) + "' needs a 'timestamp' in milliseconds."));
  if (step && !step->is_null() && !integer_of(step)) return std::unexpected(ml::bad_value("The 'step' of a metric is a whole number."));
  return ml::Metric{std::string(key->get_string()), *number, *time, integer_of(step).value_or(0)};
}

Result<std::vector<ml::Metric>> Arguments::metrics(std::string_view name) const {
  std::vector<ml::Metric> all;
  const json::Value* value = json::find(body_, name);
  if (!value || value->is_null()) return all;
  if (!value->is_array()) return std::unexpected(ml::bad_value("'" + std::string(name) + "' must be a list."));
  all.reserve(value->get_array().size());
  for (const json::Value& one : value->get_array()) {
    TRY(ml::Metric metric, read_metric(one));
    all.push_back(std::move(metric));
  }
  return all;
}

Result<ml::Search> Arguments::search(std::size_t count_default, std::size_t count_limit, std::string_view view_name) const {
  std::int64_t count = integer("max_results").value_or(static_cast<std::int64_t>(count_default));
  if (count < 1 || count > static_cast<std::int64_t>(count_limit)) return std::unexpected(ml::bad_value("Invalid value for parameter 'max_results': it must be between 1 and " + std::to_string(count_limit) + "."));
  ml::Search search{.filter = text_or("filter"), .order_by = list("order_by"), .count_max = static_cast<std::size_t>(count), .page_token = text_or("page_token")};
  std::string view = text_or(view_name, "ACTIVE_ONLY");
  search.active = view != "DELETED_ONLY" && view != "2";
  search.deleted = view == "DELETED_ONLY" || view == "ALL" || view == "2" || view == "3";
  return search;
}

}  // namespace axonite::service::mlflow
