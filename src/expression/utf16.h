#pragma once
// The engine counts and cuts text in UTF-16 units; ours is UTF-8. ASCII text, nearly all of it, needs no copy.
#include <cstddef>
#include <string>
#include <string_view>

namespace axonite::expression {

bool is_ascii(std::string_view text);
std::size_t utf16_length(std::string_view text);
// `start` and `length` in units, within the text. Half of a surrogate pair becomes U+FFFD.
std::string utf16_substring(std::string_view text, std::size_t start, std::size_t length);
// In units, as String.IndexOf with OrdinalIgnoreCase; -1 when it is not there.
std::ptrdiff_t index_ignoring_case(std::string_view text, std::string_view sought);
std::ptrdiff_t last_index_ignoring_case(std::string_view text, std::string_view sought);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
bool ends_with_ignoring_case(std::string_view text, std::string_view suffix);
// By code units of the upper-cased texts, as StringComparer.OrdinalIgnoreCase: <0, 0, >0.
int compare_ignoring_case(std::string_view a, std::string_view b);
// The invariant culture maps one character to one: "ß" stays, dotted and dotless i stay.
std::string to_lower_invariant(std::string_view text);
std::string to_upper_invariant(std::string_view text);
// Char.IsWhiteSpace at both ends.
std::string trim_white_space(std::string_view text);

}  // namespace axonite::expression
