// Values that travel as text, into numbers and back.
#include <charconv>

#include "base/text.h"
#include "protocol/tds/put_value.h"

namespace axonite::protocol::tds {
namespace {

// Digits of `text` at [from, from+count), or nothing.
std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count) {
  if (from + count > text.size()) return std::nullopt;
  return text::parse_int<unsigned>(text.substr(from, count)).transform([](unsigned v) { return static_cast<int>(v); });
}

std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  year -= month <= 2;
  auto era = (year >= 0 ? year : year - 399) / 400;
  auto year_of_era = year - era * 400;
  auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

}  // namespace

std::optional<std::int32_t> parse_days(std::string_view date) {
  auto year = digits(date, 0, 4), month = digits(date, 5, 2), day = digits(date, 8, 2);
  if (date.size() != 10 || !year || !month || !day || *month < 1 || *month > 12 || *day < 1 || *day > 31) return std::nullopt;
  return static_cast<std::int32_t>(days_from_civil(*year, *month, *day));
}

std::optional<std::int64_t> parse_ticks(std::string_view time) {
  auto hour = digits(time, 0, 2), minute = digits(time, 3, 2), second = digits(time, 6, 2);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  std::int64_t ticks = (*hour * 3600LL + *minute * 60 + *second) * 10'000'000;
  if (time.size() > 9 && time[8] == '.') {
    std::string fraction(time.substr(9, 7));
    fraction.resize(7, '0');
    auto parts = text::parse_int<std::int64_t>(fraction);
    if (!parts) return std::nullopt;
    ticks += *parts;
  }
  return ticks;
}

std::optional<DateTimeOffset> parse_date_time_offset(std::string_view text) {
  auto days = parse_days(text.substr(0, 10));
  if (!days || text.size() < 19) return std::nullopt;
  auto rest = text.substr(11);
  auto zone = rest.find_first_of("+-");
  auto ticks = parse_ticks(text::trim(rest.substr(0, zone)));
  if (!ticks) return std::nullopt;
  DateTimeOffset value{.ticks = (*days + kDaysTo1970) * kTicksPerDay + *ticks};
  if (zone != rest.npos) {
    auto hours = digits(rest, zone + 1, 2), minutes = digits(rest, zone + 4, 2);
    if (!hours) return std::nullopt;
    int offset = *hours * 60 + minutes.value_or(0);
    value.offset_minutes = static_cast<std::int16_t>(rest[zone] == '-' ? -offset : offset);
    value.ticks -= value.offset_minutes * 600'000'000LL;
  }
  return value;
}

std::optional<__int128> parse_decimal(std::string_view text, int scale) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  constexpr auto tenth = static_cast<__int128>(~static_cast<unsigned __int128>(0) >> 1) / 10;
  __int128 value = 0;
  int fraction = -1, seen = 0;
  bool round_up = false;
  for (char c : text) {
    if (c == '.' && fraction < 0) {
      fraction = 0;
      continue;
    }
    if (c < '0' || c > '9' || ++seen > 80) return std::nullopt;
    if (fraction >= 0 && fraction++ >= scale) {
      if (fraction == scale + 1) round_up = c >= '5';
      continue;
    }
    if (value >= tenth) return std::nullopt;  // more digits than any decimal has
    value = value * 10 + (c - '0');
  }
  if (seen == 0) return std::nullopt;
  for (int i = std::max(fraction, 0); i < scale; ++i) {
    if (value >= tenth) return std::nullopt;  // more digits than any decimal has
    value *= 10;
  }
  if (round_up) ++value;
  return negative ? -value : value;
}

}  // namespace axonite::protocol::tds
