#include "base/text.h"
#include "service/authorization/handlers.h"

namespace axonite::service::authorization {
namespace {

// The text between `prefix` and `suffix`, or nothing when the term is not of that form.
std::optional<std::string> between(std::string_view term, std::string_view prefix, std::string_view suffix) {
  if (!text::starts_with_ignoring_case(term, prefix) || !text::ends_with_ignoring_case(term, suffix)) return std::nullopt;
  if (term.size() < prefix.size() + suffix.size()) return std::nullopt;
  return std::string(term.substr(prefix.size(), term.size() - prefix.size() - suffix.size()));
}

bool read_term(std::string_view term, Filter& filter) {
  if (text::equals_ignoring_case(term, "atScopeAndBelow()")) return true;
  if (text::equals_ignoring_case(term, "atScope()")) return filter.at_scope = true;
  struct Form {
    std::string_view prefix, suffix;
    std::string Filter::* member;
  };
  static constexpr Form kForms[] = {{"principalId eq '", "'", &Filter::principal_id},
                                    {"assignedTo('", "')", &Filter::principal_id},
                                    {"roleName eq '", "'", &Filter::role_name},
                                    {"type eq '", "'", &Filter::type}};
  for (const Form& form : kForms)
    if (auto value = between(term, form.prefix, form.suffix)) {
      filter.*form.member = *value;
      return true;
    }
  return false;
}

}  // namespace

Result<Filter> parse_filter(std::string_view text) {
  Filter filter;
  text = text::trim(text);
  while (!text.empty()) {
    std::size_t end = text::to_lower(text).find(" and ");
    std::string_view term = text::trim(text.substr(0, end));
    if (!read_term(term, filter))
      return std::unexpected(unsupported("FilterNotSupported", "The filter '" + std::string(term) + "' is not supported by Axonite."));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 5);
  }
  return filter;
}

}  // namespace axonite::service::authorization
