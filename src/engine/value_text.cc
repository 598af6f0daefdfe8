// Decimals, dates and times in DuckDB's own spelling.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "engine/value.h"

namespace axonite::engine {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

std::string digits_of(unsigned __int128 value) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  std::ranges::reverse(digits);
  return digits;
}

}  // namespace

std::string decimal_text(__int128 unscaled, int scale) {
  bool negative = unscaled < 0;
  auto magnitude = negative ? -static_cast<unsigned __int128>(unscaled) : static_cast<unsigned __int128>(unscaled);
  auto digits = digits_of(magnitude);
  if (scale > 0) {
    if (digits.size() <= static_cast<std::size_t>(scale)) digits.insert(0, scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale, 1, '.');
  }
  return negative ? "-" + digits : digits;
}

std::string date_text(std::int32_t days) {
  if (days == std::numeric_limits<std::int32_t>::max()) return "infinity";
  if (days == -std::numeric_limits<std::int32_t>::max()) return "-infinity";
  // chrono's year has 16 bits and DuckDB's more: days to civil by eras of 400 years.
  std::int64_t shifted = static_cast<std::int64_t>(days) + 719'468;
  std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  auto day_of_era = static_cast<unsigned>(shifted - era * 146'097);
  unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  unsigned month_from_march = (5 * day_of_year + 2) / 153;
  unsigned day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  if (year <= 0) return fmt::format("{:04}-{:02}-{:02} (BC)", 1 - year, month, day);
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

std::string time_text(std::int64_t microseconds) {
  auto seconds = microseconds / 1'000'000;
  auto text = fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (auto fraction = microseconds % 1'000'000; fraction != 0) {
    auto digits = fmt::format("{:06}", fraction);
    text += '.' + digits.substr(0, digits.find_last_not_of('0') + 1);
  }
  return text;
}

std::string timestamp_text(std::int64_t microseconds) {
  if (microseconds == std::numeric_limits<std::int64_t>::max()) return "infinity";
  if (microseconds == -std::numeric_limits<std::int64_t>::max()) return "-infinity";
  auto days = microseconds / kDay - (microseconds % kDay < 0 ? 1 : 0);
  return date_text(static_cast<std::int32_t>(days)) + ' ' + time_text(microseconds - days * kDay);
}

}  // namespace axonite::engine
