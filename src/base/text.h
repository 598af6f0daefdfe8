#pragma once
// Text and its common encodings. ASCII rules throughout: identifiers of Azure compare without ASCII case.
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace axonite::text {

bool equals_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
bool ends_with_ignoring_case(std::string_view text, std::string_view suffix);
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
std::string_view trim(std::string_view text);
// "a,,b" → {"a","","b"}; "" → {""}.
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// The whole text must be the number; nothing for blanks, signs of unsigned types, overflow.
template <class Integer>
std::optional<Integer> parse_int(std::string_view text) {
  Integer value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::string base64_encode(std::string_view bytes);
// Standard alphabet with padding; nothing when the text is not exactly that.
std::optional<std::string> base64_decode(std::string_view text);
// URL alphabet without padding, as in JWTs (RFC 7515 §2).
std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);
std::string hex_encode(std::string_view bytes);
std::optional<std::string> hex_decode(std::string_view text);

// RFC 3986: all but unreserved characters are encoded; `keep` names more that stay, e.g. "/".
std::string percent_encode(std::string_view text, std::string_view keep = {});
// Nothing on a broken %-sequence. `plus_is_space` for form bodies and query strings.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

bool is_valid_utf8(std::string_view text);

}  // namespace axonite::text
