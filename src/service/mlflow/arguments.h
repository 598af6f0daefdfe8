#pragma once
// A request's arguments, which MLflow clients send as a JSON body or, with GET, as a query.
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <vector>

#include "front/operation.h"
#include "ml/tracking.h"

namespace axonite::service::mlflow {

class Arguments {
 public:
  static Result<Arguments> of(front::Call& call);
  // invalid(INVALID_PARAMETER_VALUE) when missing or empty.
  Result<std::string> text(std::string_view name) const;
  std::string text_or(std::string_view name, std::string_view fallback = {}) const;
  std::optional<std::string> optional(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;
  // [{"key","value"}]
  Result<std::vector<ml::Pair>> pairs(std::string_view name) const;
  Result<std::vector<ml::Metric>> metrics(std::string_view name) const;
  // max_results, page_token, filter, order_by, view_type.
  Result<ml::Search> search(std::size_t count_default, std::size_t count_limit, std::string_view view_name = "view_type") const;
  const json::Value& body() const { return body_; }

 private:
  json::Value body_;
};

// A metric as {"key","value","timestamp","step"}; numbers may come as texts ("NaN", "1e400").
Result<ml::Metric> read_metric(const json::Value& value);

}  // namespace axonite::service::mlflow
