// Zones: the Windows name becomes an IANA one by CLDR's table in ICU, and the system's tzdata gives its offsets.
#include <date/tz.h>
#include <fmt/format.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <mutex>
#include <unordered_map>

#include "base/text.h"
#include "expression/date_time.h"

namespace axonite::expression {
namespace {

using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, kTicksPerSecond>>;
using LocalTicks = std::chrono::time_point<date::local_t, Ticks>;
using SystemTicks = date::sys_time<Ticks>;

constexpr std::int64_t kUnixEpochTicks = 719'162 * kTicksPerDay;
constexpr std::size_t kZoneNameBytesMax = 128;

std::unexpected<Error> bad_zone(std::string message) {
  return std::unexpected(invalid("InvalidTimeZone", std::move(message)));
}

bool is_utc(std::string_view zone) { return text::equals_ignoring_case(zone, "UTC"); }

std::string iana_name(const std::string& windows_name) {
  icu::UnicodeString found;
  UErrorCode status = U_ZERO_ERROR;
  icu::TimeZone::getIDForWindowsID(icu::UnicodeString::fromUTF8(windows_name), nullptr, found, status);
  std::string name;
  if (U_SUCCESS(status)) found.toUTF8String(name);
  return name;
}

const date::time_zone* look_up(const std::string& windows_name) {
  std::string name = iana_name(windows_name);
  if (name.empty()) return nullptr;
  try {  // the library throws for a zone that the system's tzdata lacks
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

Result<const date::time_zone*> find_zone(const std::string& windows_name) {
  static std::mutex mutex;
  static auto* const known = new std::unordered_map<std::string, const date::time_zone*>();
  const date::time_zone* zone = nullptr;
  if (windows_name.size() <= kZoneNameBytesMax) {
    std::lock_guard lock(mutex);
    auto found = known->find(windows_name);
    zone = found == known->end() ? look_up(windows_name) : found->second;
    if (zone) known->emplace(windows_name, zone);  // there are as many as Windows has; wrong names are not kept
  }
  if (!zone) return bad_zone(fmt::format("The time zone id '{}' was not found.", windows_name));
  return zone;
}

Result<DateTime> in_range(std::int64_t ticks, DateTime::Kind kind) {
  if (auto value = add_ticks({0, kind}, ticks)) return *value;
  return bad_zone("The time in that zone lies beyond the years 1 to 9999.");
}

}  // namespace

Result<DateTime> from_utc(DateTime value, const std::string& zone_name) {
  if (is_utc(zone_name)) return DateTime{value.ticks, DateTime::Kind::utc};
  TRY(const date::time_zone* zone, find_zone(zone_name));
  SystemTicks time{Ticks(value.ticks - kUnixEpochTicks)};
  std::int64_t offset_seconds = zone->get_info(time).offset.count();
  return in_range(value.ticks + offset_seconds * kTicksPerSecond, DateTime::Kind::unspecified);
}

Result<DateTime> to_utc(DateTime value, const std::string& zone_name) {
  if (is_utc(zone_name)) return DateTime{value.ticks, DateTime::Kind::utc};
  TRY(const date::time_zone* zone, find_zone(zone_name));
  date::local_info info = zone->get_info(LocalTicks{Ticks(value.ticks - kUnixEpochTicks)});
  if (info.result == date::local_info::nonexistent)
    return bad_zone(fmt::format("The time does not exist in the time zone '{}': clocks were put forward over it.", zone_name));
  // .NET takes an ambiguous time as standard time, which is the later of the two instants.
  auto offset = info.result == date::local_info::ambiguous ? info.second.offset : info.first.offset;
  return in_range(value.ticks - offset.count() * kTicksPerSecond, DateTime::Kind::utc);
}

}  // namespace axonite::expression
