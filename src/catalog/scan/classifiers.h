#pragma once
// Classification of columns from samples: system rules under the service's names, with formats and checksums written from
// the public definitions, and custom rules. A system rule needs 60 % of the sampled values.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/json.h"

namespace axonite::catalog::scan {

using Values = std::vector<std::optional<std::string>>;

struct Match {
  std::string classification;
  // {"rule","sampled","matched","percent"}: never a value.
  std::string rule;
  std::size_t sampled = 0, matched = 0;
};

struct ColumnRule {
  std::string rule, classification;
  std::function<bool(std::string_view)> fits_value;         // empty: judged by the name alone
  std::function<bool(std::string_view)> fits_column;        // empty: any name
  int percent_min = 60;
  std::size_t distinct_min = 1;
};

const std::vector<ColumnRule>& system_rules();
// A custom rule's body, {"kind":"Custom","properties":{…}}. invalid("ClassificationRule_Invalid") naming what is wrong.
Result<ColumnRule> custom_rule(std::string_view name, const boost::json::value& body);
std::vector<Match> classify(std::string_view column, const Values& values, const std::vector<const ColumnRule*>& rules);

// Checksums, without spaces and hyphens.
bool is_credit_card(std::string_view text);
bool is_iban(std::string_view text);
bool is_aba_routing(std::string_view text);

}  // namespace axonite::catalog::scan
