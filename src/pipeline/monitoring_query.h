#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace axonite::pipeline {

struct RunQuery {
  struct Filter {
    std::string operand;  // lower case
    bool negated = false;
    std::vector<std::string> values;
  };
  Time after{}, before{};
  std::size_t skip = 0;  // from the continuation token
  std::vector<Filter> filters;
  std::string order_by;  // lower case; empty = as they started
  bool descending = false;
};

Result<RunQuery> parse_run_query(const json::Value& body);
// Keeps what the filters keep, in the order asked for, one page of it. `member_of` names the member of an item that an
// operand stands for ("runstart" → "runStart"); nothing for an operand that does not exist here.
Result<json::Value> answer_run_query(const RunQuery& query, std::vector<json::Value> items,
                                     std::optional<std::string> (*member_of)(std::string_view operand));

}  // namespace axonite::pipeline
