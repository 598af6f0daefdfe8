#include <algorithm>

#include "base/text.h"
#include "http/message.h"

namespace axonite::http {

void Headers::add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  fields_.emplace_back(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return text::equals_ignoring_case(field.first, name); });
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_)
    if (text::equals_ignoring_case(key, name)) return value;
  return {};
}

bool Headers::contains(std::string_view name) const {
  return std::ranges::any_of(fields_, [&](const auto& field) { return text::equals_ignoring_case(field.first, name); });
}

Result<Query> Query::parse(std::string_view raw) {
  Query query;
  if (raw.empty()) return query;
  for (std::string_view pair : text::split(raw, '&')) {
    if (pair.empty()) continue;
    std::size_t equals = pair.find('=');
    auto key = text::percent_decode(pair.substr(0, equals), true);
    auto value = text::percent_decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
    if (!key || !value) return std::unexpected(invalid("InvalidQuery", "The query string is not percent-encoded correctly."));
    query.pairs_.emplace_back(std::move(*key), std::move(*value));
  }
  return query;
}

std::string_view Query::get(std::string_view key) const {
  for (const auto& [name, value] : pairs_)
    if (name == key) return value;
  return {};
}

bool Query::contains(std::string_view key) const {
  return std::ranges::any_of(pairs_, [&](const auto& pair) { return pair.first == key; });
}

std::string_view Query::get_ignoring_case(std::string_view key) const {
  for (const auto& [name, value] : pairs_)
    if (text::equals_ignoring_case(name, key)) return value;
  return {};
}

}  // namespace axonite::http
