#include "expression/utf16.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/text.h"

namespace axonite::expression {
namespace {

icu::UnicodeString units(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

// OrdinalIgnoreCase compares upper-cased characters one by one, so lengths do not change.
icu::UnicodeString folded(std::string_view text) {
  icu::UnicodeString in = units(text);
  icu::UnicodeString out;
  for (std::int32_t at = 0; at < in.length(); at = in.moveIndex32(at, 1)) out.append(u_toupper(in.char32At(at)));
  return out;
}

template <class Map>
std::string mapped(std::string_view text, Map map) {
  icu::UnicodeString in = units(text);
  icu::UnicodeString out;
  for (std::int32_t at = 0; at < in.length(); at = in.moveIndex32(at, 1)) {
    UChar32 c = in.char32At(at);
    out.append(c == 0x130 || c == 0x131 || c == 0x17F ? c : map(c));
  }
  return to_utf8(out);
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::size_t utf16_length(std::string_view text) {
  if (is_ascii(text)) return text.size();
  return static_cast<std::size_t>(units(text).length());
}

std::string utf16_substring(std::string_view text, std::size_t start, std::size_t length) {
  if (is_ascii(text)) return std::string(text.substr(start, length));
  return to_utf8(units(text).tempSubString(static_cast<std::int32_t>(start), static_cast<std::int32_t>(length)));
}

std::ptrdiff_t index_ignoring_case(std::string_view text, std::string_view sought) {
  if (sought.empty()) return 0;
  return folded(text).indexOf(folded(sought));
}

std::ptrdiff_t last_index_ignoring_case(std::string_view text, std::string_view sought) {
  // The engine's runtime starts the search for an empty text on the last character, not behind it.
  if (sought.empty()) return std::max<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(utf16_length(text)) - 1);
  return folded(text).lastIndexOf(folded(sought));
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  if (is_ascii(text) && is_ascii(prefix)) return text::starts_with_ignoring_case(text, prefix);
  return folded(text).startsWith(folded(prefix));
}

bool ends_with_ignoring_case(std::string_view text, std::string_view suffix) {
  if (is_ascii(text) && is_ascii(suffix)) return text::ends_with_ignoring_case(text, suffix);
  return folded(text).endsWith(folded(suffix));
}

int compare_ignoring_case(std::string_view a, std::string_view b) { return folded(a).compare(folded(b)); }

std::string to_lower_invariant(std::string_view text) {
  return is_ascii(text) ? text::to_lower(text) : mapped(text, u_tolower);
}

std::string to_upper_invariant(std::string_view text) {
  return is_ascii(text) ? text::to_upper(text) : mapped(text, u_toupper);
}

std::string trim_white_space(std::string_view text) {
  icu::UnicodeString all = units(text);
  std::int32_t begin = 0;
  std::int32_t end = all.length();
  while (begin < end && u_isUWhiteSpace(all.charAt(begin))) ++begin;
  while (end > begin && u_isUWhiteSpace(all.charAt(end - 1))) --end;
  return to_utf8(all.tempSubString(begin, end - begin));
}

}  // namespace axonite::expression
