#include "catalog/scan/classifiers.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <memory>
#include <set>

#include "base/text.h"
#include "catalog/pattern.h"

namespace axonite::catalog::scan {
namespace {

constexpr std::size_t kPatternsMax = 16, kValueBytesMax = 4'096;

std::string digits_of(std::string_view value) {
  std::string digits;
  for (char c : value)
    if (std::isdigit(static_cast<unsigned char>(c))) digits += c;
    else if (c != ' ' && c != '-') return {};
  return digits;
}

int digit(char c) { return c - '0'; }

// ISO/IEC 7812-1 annex B.
bool luhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int value = digit(digits[digits.size() - 1 - i]);
    if (i % 2 == 1 && (value *= 2) > 9) value -= 9;
    sum += value;
  }
  return !digits.empty() && sum % 10 == 0;
}

using Fits = std::function<bool(std::string_view)>;

// The whole value, case ignored.
Fits whole(std::string_view pattern) {
  auto compiled = std::make_shared<Pattern>(std::move(*Pattern::compile(pattern, true)));
  return [compiled](std::string_view value) { return compiled->matches_whole(value); };
}
// Names with one of the words in them, whatever stands between ("e-mail", "E_MAIL").
Fits named(std::vector<std::string_view> words) {
  return [words = std::move(words)](std::string_view column) {
    std::string name;
    for (char c : column)
      if (std::isalnum(static_cast<unsigned char>(c))) name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return std::ranges::any_of(words, [&](std::string_view word) { return name.find(word) != std::string::npos; });
  };
}

// Areas that the Social Security Administration never gave out are none.
bool is_ssn(std::string_view value) {
  static const Fits shape = whole(R"(\d{3}-?\d{2}-?\d{4})");
  std::string digits = digits_of(value);
  return shape(value) && digits.substr(0, 3) != "000" && digits.substr(0, 3) != "666" && digits[0] != '9' && digits.substr(3, 2) != "00" && digits.substr(5) != "0000";
}

bool is_canadian_sin(std::string_view value) {
  std::string digits = digits_of(value);
  return digits.size() == 9 && digits[0] != '0' && digits[0] != '8' && luhn(digits);
}

bool is_german_tax_id(std::string_view value) {  // ISO 7064 mod 11,10
  std::string digits = digits_of(value);
  if (digits.size() != 11 || digits[0] == '0') return false;
  int product = 10;
  for (std::size_t i = 0; i < 10; ++i) {
    int sum = (digit(digits[i]) + product) % 10;
    product = ((sum == 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 == digit(digits[10]);
}

bool is_spanish_dni(std::string_view value) {
  static const Fits shape = whole(R"(\d{8}-?[A-Z])");
  constexpr std::string_view letters = "TRWAGMYFPDXBNJZSQVHLCKE";
  if (!shape(value)) return false;
  return std::toupper(static_cast<unsigned char>(value.back())) == letters[static_cast<std::size_t>(*text::parse_int<int>(value.substr(0, 8))) % 23];
}

std::vector<ColumnRule> make_rules() {
  Fits ip4 = whole(R"(((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d))"), ip6 = whole(R"(([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|([0-9a-f]{1,4}:){1,7}:|([0-9a-f]{1,4}:){1,6}(:[0-9a-f]{1,4}){1,6}|::([0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4})");
  std::vector<ColumnRule> all;
  auto add = [&](std::string name, Fits value, Fits column = {}) { all.push_back({.rule = name, .classification = name, .fits_value = std::move(value), .fits_column = std::move(column)}); };
  add("MICROSOFT.FINANCIAL.CREDIT_CARD_NUMBER", &is_credit_card);
  add("MICROSOFT.PERSONAL.EMAIL", whole(R"([A-Z0-9._%+'-]{1,64}@([A-Z0-9-]{1,63}\.)+[A-Z]{2,24})"));
  add("MICROSOFT.PERSONAL.US.PHONE_NUMBER", whole(R"((\+?1[ .-]?)?(\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-]?)[2-9]\d{2}[ .-]?\d{4})"), named({"phone", "mobile", "cell", "fax", "tel"}));
  add("MICROSOFT.PERSONAL.EU.PHONE_NUMBER", whole(R"(\+(3[0-9]|4[0-9])\d?[ \d().\/-]{6,17}\d)"));
  add("MICROSOFT.PERSONAL.IPADDRESS", [ip4, ip6](std::string_view value) { return ip4(value) || ip6(value); });
  add("MICROSOFT.FINANCIAL.INTERNATIONAL_BANKING_ACCOUNT_NUMBER", &is_iban);
  add("MICROSOFT.FINANCIAL.US.ABA_ROUTING_NUMBER", &is_aba_routing, named({"routing", "aba", "rtn", "transit"}));
  add("MICROSOFT.GOVERNMENT.US.SOCIAL_SECURITY_NUMBER", [](std::string_view value) { return is_ssn(value) && value.find('-') != std::string_view::npos; });
  add("MICROSOFT.GOVERNMENT.US.SOCIAL_SECURITY_NUMBER", &is_ssn, named({"ssn", "socialsecurity", "soc"}));
  add("MICROSOFT.GOVERNMENT.UK.NATIONAL_INSURANCE_NUMBER", whole(R"([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D])"));
  add("MICROSOFT.GOVERNMENT.CANADA.SOCIAL_INSURANCE_NUMBER", &is_canadian_sin, named({"sin", "socialinsurance", "nas"}));
  add("MICROSOFT.GOVERNMENT.EU.TAX_IDENTIFICATION_NUMBER", &is_german_tax_id, named({"tax", "steuer", "tin", "idnr"}));
  add("MICROSOFT.GOVERNMENT.EU.NATIONAL_IDENTIFICATION_NUMBER", &is_spanish_dni);
  add("MICROSOFT.GOVERNMENT.US.ZIP_CODE", whole(R"(\d{5}(-\d{4})?)"), named({"zip", "postal"}));
  add("MICROSOFT.PERSONAL.DATE_OF_BIRTH", whole(R"((19|20)\d\d-[01]\d-[0-3]\d([ T].*)?|[01]?\d/[0-3]?\d/(19|20)\d\d)"), named({"birth", "dob"}));
  return all;
}

Error bad_rule(std::string_view name, std::string message) { return invalid("ClassificationRule_Invalid", "Classification rule '" + std::string(name) + "': " + std::move(message)); }

// Any of a list of {"kind":"Regex","pattern"}; empty without patterns.
Result<Fits> any_pattern(std::string_view name, const json::Value& properties, std::string_view key) {
  const json::Value* found = json::find(properties, key);
  if (!found || found->is_null()) return Fits{};
  if (!found->is_array() || found->get_array().size() > kPatternsMax) return std::unexpected(bad_rule(name, std::string(key) + " are a list of at most 16"));
  auto patterns = std::make_shared<std::vector<Pattern>>();
  for (const json::Value& one : found->get_array()) {
    auto pattern = Pattern::compile(json::string_or(one, "pattern"), true);
    if (!pattern) return std::unexpected(bad_rule(name, pattern.error().message));
    patterns->push_back(std::move(*pattern));
  }
  if (patterns->empty()) return Fits{};
  return [patterns](std::string_view value) { return std::ranges::any_of(*patterns, [&](const Pattern& pattern) { return pattern.find(value).has_value(); }); };
}

}  // namespace

bool is_credit_card(std::string_view value) {
  std::string digits = digits_of(value);
  if (digits.size() < 13 || digits.size() > 19 || digits[0] < '2' || digits[0] > '6') return false;
  return luhn(digits);
}

bool is_iban(std::string_view value) {  // ISO 13616: mod 97 = 1
  std::string compact;
  for (char c : value)
    if (c != ' ') compact += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (compact.size() < 15 || compact.size() > 34 || !std::isalpha(static_cast<unsigned char>(compact[0])) || !std::isalpha(static_cast<unsigned char>(compact[1]))) return false;
  int rest = 0;
  for (char c : compact.substr(4) + compact.substr(0, 4)) {
    if (std::isdigit(static_cast<unsigned char>(c))) rest = (rest * 10 + digit(c)) % 97;
    else if (c >= 'A' && c <= 'Z') rest = (rest * 100 + (c - 'A' + 10)) % 97;
    else return false;
  }
  return rest == 1;
}

bool is_aba_routing(std::string_view value) {
  std::string d = digits_of(value);
  if (d.size() != 9) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i) sum += digit(d[i]) * (i % 3 == 0 ? 3 : i % 3 == 1 ? 7 : 1);
  return sum > 0 && sum % 10 == 0;
}

const std::vector<ColumnRule>& system_rules() {
  static const std::vector<ColumnRule> rules = make_rules();
  return rules;
}

Result<ColumnRule> custom_rule(std::string_view name, const json::Value& body) {
  const json::Value* properties = json::find(body, "properties");
  if (!properties || !properties->is_object()) return std::unexpected(bad_rule(name, "properties are missing"));
  ColumnRule rule{.rule = std::string(name), .classification = json::string_or(*properties, "classificationName"), .fits_value = {}, .fits_column = {}};
  if (rule.classification.empty()) return std::unexpected(bad_rule(name, "classificationName is missing"));
  TRY(rule.fits_value, any_pattern(name, *properties, "dataPatterns"));
  TRY(rule.fits_column, any_pattern(name, *properties, "columnPatterns"));
  if (!rule.fits_value && !rule.fits_column) return std::unexpected(bad_rule(name, "dataPatterns or columnPatterns are given"));
  TRY(auto percent, json::optional_integer(*properties, "minimumPercentageMatch"));
  TRY(auto distinct, json::optional_integer(*properties, "minimumDistinctMatchCount"));
  if (percent.value_or(60) < 1 || percent.value_or(60) > 100) return std::unexpected(bad_rule(name, "minimumPercentageMatch is 1 to 100"));
  rule.percent_min = static_cast<int>(percent.value_or(60));
  rule.distinct_min = static_cast<std::size_t>(std::clamp<std::int64_t>(distinct.value_or(1), 1, 100));
  return rule;
}

std::vector<Match> classify(std::string_view column, const Values& values, const std::vector<const ColumnRule*>& rules) {
  std::vector<Match> matches;
  for (const ColumnRule* rule : rules) {
    if (rule->fits_column && !rule->fits_column(column)) continue;
    Match match{.classification = rule->classification, .rule = rule->rule};
    std::set<std::string_view> distinct;
    for (const auto& value : values) {
      if (!value || value->empty() || !rule->fits_value) continue;
      ++match.sampled;
      if (value->size() > kValueBytesMax || !rule->fits_value(text::trim(*value))) continue;
      ++match.matched;
      distinct.insert(*value);
    }
    bool fits = rule->fits_value ? match.matched > 0 && match.matched * 100 >= match.sampled * static_cast<std::size_t>(rule->percent_min) && distinct.size() >= rule->distinct_min : true;
    bool known = std::ranges::any_of(matches, [&](const Match& one) { return one.classification == match.classification; });
    if (fits && !known) matches.push_back(std::move(match));
  }
  return matches;
}

}  // namespace axonite::catalog::scan
