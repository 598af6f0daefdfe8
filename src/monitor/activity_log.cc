#include "monitor/activity_log.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "event/administrative.h"

namespace axonite::monitor {
namespace {

constexpr std::size_t kFilterBytesMax = 4096;
constexpr std::size_t kScannedMax = 4'000;
constexpr std::size_t kPortion = 500;

// A filter's name of a field, and activity_field's.
constexpr std::pair<std::string_view, std::string_view> kFields[] = {
    {"resourceGroupName", "resourceGroup"}, {"resourceUri", "resourceId"},     {"resourceId", "resourceId"},
    {"resourceProvider", "resourceProvider"}, {"resourceType", "resourceType"}, {"correlationId", "correlationId"},
    {"caller", "caller"},                   {"status", "status"},              {"levels", "level"},
    {"operationName", "operationName"}};

Error bad(std::string_view text) {
  return invalid("BadRequest", "The filter '" + std::string(text.substr(0, 200)) +
                                   "' is not supported: it needs eventTimestamp ge '…', and may have eventTimestamp le '…' and one field eq '…'.",
                 "$filter");
}

struct Term {
  std::string_view field, comparison;
  std::string value;
};

// "field op 'text'" off the front of `rest`; the text may stand without quotes, as some tools send times.
bool take_term(std::string_view& rest, Term& term) {
  auto word = [&] {
    rest = text::trim(rest);
    std::string_view taken = rest.substr(0, rest.find(' '));
    rest = text::trim(rest.substr(taken.size()));
    return taken;
  };
  term.field = word();
  term.comparison = word();
  if (!rest.starts_with('\'')) {
    term.value = word();
    return !term.value.empty();
  }
  std::size_t end = rest.find('\'', 1);
  if (end == std::string_view::npos) return false;
  term.value = rest.substr(1, end - 1);
  rest = text::trim(rest.substr(end + 1));
  return true;
}

json::Object localizable(std::string_view value) { return {{"value", value}, {"localizedValue", value}}; }

std::string provider_of(const json::Value& body) {
  std::string type = json::string_or(body, "resourceType");
  return type.substr(0, type.find('/'));
}

json::Value event_data(const event::Event& event, const json::Value& body) {
  auto text = [&](std::string_view member) { return json::string_or(body, member); };
  const json::Value* properties = json::find(body, "properties");
  std::string time = format_iso(event.time);
  return json::Object{
      {"id", text("resourceId") + "/events/" + text("eventDataId") + "/ticks/" + std::to_string(to_unix_nanoseconds(event.time) / 100)},
      {"eventDataId", text("eventDataId")},
      {"correlationId", text("correlationId")},
      {"operationId", text("correlationId")},
      {"caller", text("caller")},
      {"authorization", json::Object{{"action", text("operationName")}, {"scope", text("resourceId")}}},
      {"claims", json::Object{{"http://schemas.microsoft.com/identity/claims/objectidentifier", text("callerObjectId")}}},
      {"channels", "Operation"},
      {"category", localizable("Administrative")},
      {"eventName", localizable("EndRequest")},
      {"level", text("level")},
      {"description", text("description")},
      {"resourceGroupName", text("resourceGroupName")},
      {"resourceProviderName", localizable(provider_of(body))},
      {"resourceId", text("resourceId")},
      {"resourceType", localizable(text("resourceType"))},
      {"operationName", localizable(text("operationName"))},
      {"status", localizable(text("status"))},
      {"subStatus", localizable(text("subStatus"))},
      {"properties", properties ? *properties : json::Value(json::Object{})},
      {"eventTimestamp", time},
      {"submissionTimestamp", time},
      {"subscriptionId", text("subscriptionId")}};
}

bool keeps(const ActivityFilter& filter, std::string_view subscription, const event::Event& event, const json::Value& body) {
  if (filter.to && event.time > *filter.to) return false;
  if (!text::equals_ignoring_case(json::string_or(body, "subscriptionId"), subscription)) return false;
  return std::ranges::all_of(filter.equals, [&](const auto& condition) {
    auto value = activity_field(body, condition.first);
    return value && text::equals_ignoring_case(*value, condition.second);
  });
}

}  // namespace

std::optional<std::string> activity_field(const json::Value& body, std::string_view field) {
  if (text::equals_ignoring_case(field, "category")) return "Administrative";
  if (text::equals_ignoring_case(field, "resourceProvider")) return provider_of(body);
  if (text::equals_ignoring_case(field, "resourceGroup")) field = "resourceGroupName";
  if (text::starts_with_ignoring_case(field, "properties.")) {
    const json::Value* properties = json::find(body, "properties");
    const json::Value* found = properties ? json::find_ignoring_case(*properties, field.substr(11)) : nullptr;
    if (!found || !found->is_string()) return std::nullopt;
    return std::string(found->get_string());
  }
  constexpr std::string_view known[] = {"level", "caller", "status", "subStatus", "resourceGroupName", "resourceId", "resourceType", "operationName", "correlationId"};
  for (std::string_view name : known)
    if (text::equals_ignoring_case(name, field)) return json::string_or(body, name);
  return std::nullopt;
}

Result<ActivityFilter> ActivityFilter::parse(std::string_view filter_text) {
  ActivityFilter filter;
  std::string_view rest = text::trim(filter_text);
  if (rest.empty() || rest.size() > kFilterBytesMax) return std::unexpected(bad(filter_text));
  while (true) {
    Term term;
    if (!take_term(rest, term)) return std::unexpected(bad(filter_text));
    if (text::equals_ignoring_case(term.field, "eventTimestamp")) {
      auto time = parse_iso(term.value);
      if (!time || (term.comparison != "ge" && term.comparison != "le")) return std::unexpected(bad(filter_text));
      if (term.comparison == "ge") filter.from = *time;
      else filter.to = *time;
    } else if (!text::equals_ignoring_case(term.field, "eventChannels")) {
      auto known = std::ranges::find_if(kFields, [&](const auto& field) { return text::equals_ignoring_case(field.first, term.field); });
      if (known == std::end(kFields) || term.comparison != "eq") return std::unexpected(bad(filter_text));
      filter.equals.emplace_back(known->second, term.value);
    }
    if (rest.empty()) break;
    if (!text::starts_with_ignoring_case(rest, "and ")) return std::unexpected(bad(filter_text));
    rest = text::trim(rest.substr(4));
  }
  if (filter.from == Time{}) return std::unexpected(bad(filter_text));
  return filter;
}

Result<ActivityPage> list_activity(const event::Stream& stream, std::string_view subscription, const ActivityFilter& filter,
                                   std::string_view continuation, std::size_t count_max) {
  std::uint64_t before = 0;
  if (!continuation.empty()) {
    auto parsed = text::parse_int<std::uint64_t>(continuation);
    if (!parsed) return std::unexpected(invalid("BadRequest", "The continuation token is not one of this list."));
    before = *parsed;
  }
  ActivityPage page;
  for (std::size_t scanned = 0; scanned < kScannedMax; scanned += kPortion) {
    TRY(auto events, stream.read_before(before, kPortion, event::kAdministrative));
    for (const event::Event& event : events) {
      if (event.time < filter.from) return page;
      before = event.sequence;
      auto body = json::parse(event.body);
      if (!body || !keeps(filter, subscription, event, *body)) continue;
      page.events.push_back(event_data(event, *body));
      if (page.events.size() < count_max) continue;
      page.continuation = std::to_string(before);
      return page;
    }
    if (events.size() < kPortion) return page;
  }
  page.continuation = std::to_string(before);
  return page;
}

}  // namespace axonite::monitor
