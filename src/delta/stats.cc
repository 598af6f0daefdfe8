#include "delta/stats.h"

#include <boost/json.hpp>
#include <charconv>

#include "base/text.h"

namespace axonite::delta {
namespace {

using Kind = DataType::Kind;

constexpr std::size_t kColumnsMax = 32;      // delta.dataSkippingNumIndexedCols
constexpr std::size_t kCharactersMax = 32;   // of a text bound

std::string member(const json::Value& statistics, std::string_view name) {
  const json::Value* found = json::find(statistics, name);
  if (!found || found->is_null()) return {};
  return found->is_string() ? std::string(found->get_string()) : json::write(*found);
}

// At most 32 characters, cut between characters; nothing when cut, for a maximum would then be too small.
std::optional<std::string> text_bound(const std::string& text, bool is_maximum) {
  std::size_t bytes = 0, characters = 0;
  while (bytes < text.size() && characters < kCharactersMax) {
    ++bytes;
    while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) ++bytes;
    ++characters;
  }
  if (bytes == text.size()) return text;
  return is_maximum ? std::nullopt : std::optional(text.substr(0, bytes));
}

// "2013-01-01 10:00:00+00" → "2013-01-01T10:00:00.000Z"; truncated to milliseconds, a maximum rounded up.
std::optional<std::string> timestamp_bound(const std::string& text, bool is_maximum, bool with_zone) {
  if (text.size() < 19 || text[10] != ' ') return std::nullopt;
  std::string milliseconds = "000", day_time = text.substr(0, 19);
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    std::size_t end = std::min(text.find_first_not_of("0123456789", at + 1), text.size());
    std::string digits = text.substr(at + 1, end - at - 1);
    digits.resize(6, '0');
    milliseconds = digits.substr(0, 3);
    if (is_maximum && digits.substr(3) != "000") return std::nullopt;
    at = end;
  }
  if (with_zone && text.substr(at) != "+00") return std::nullopt;
  day_time[10] = 'T';
  return day_time + "." + milliseconds + (with_zone ? "Z" : "");
}

std::optional<json::Value> number_bound(const std::string& text) {
  std::int64_t integer = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (error == std::errc{} && end == text.data() + text.size()) return json::Value(integer);
  double real = 0;
  auto [real_end, real_error] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (real_error == std::errc{} && real_end == text.data() + text.size()) return json::Value(real);
  return std::nullopt;
}

std::optional<json::Value> bound(const DataType& type, const std::string& text, bool is_maximum) {
  if (text.empty()) return std::nullopt;
  switch (type.kind) {
    case Kind::long_:
    case Kind::integer:
    case Kind::short_:
    case Kind::byte:
    case Kind::float_:
    case Kind::double_:
    case Kind::decimal: return number_bound(text);
    case Kind::date: return json::Value(text);
    case Kind::string: {
      auto cut = text_bound(text, is_maximum);
      return cut ? std::optional<json::Value>(*cut) : std::nullopt;
    }
    case Kind::timestamp:
    case Kind::timestamp_ntz: {
      auto shaped = timestamp_bound(text, is_maximum, type.kind == Kind::timestamp);
      return shaped ? std::optional<json::Value>(*shaped) : std::nullopt;
    }
    case Kind::boolean:
    case Kind::binary:
    case Kind::struct_:
    case Kind::array:
    case Kind::map: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string file_stats(const Schema& schema, std::int64_t rows, const json::Value& column_statistics) {
  json::Object minimum, maximum, nulls;
  std::size_t columns = 0;
  for (const Field& field : schema.fields) {
    if (++columns > kColumnsMax) break;
    std::string quoted = "\"" + text::replace_all(field.name, "\"", "\"\"") + "\"";
    const json::Value* statistics = json::find(column_statistics, quoted);
    if (!statistics) continue;
    if (auto count = text::parse_int<std::int64_t>(member(*statistics, "null_count"))) nulls[field.name] = *count;
    if (member(*statistics, "has_nan") == "true") continue;
    auto low = bound(field.type, member(*statistics, "min"), false), high = bound(field.type, member(*statistics, "max"), true);
    if (low && high) {
      minimum[field.name] = *low;
      maximum[field.name] = *high;
    }
  }
  return json::write(json::Object{{"numRecords", rows}, {"minValues", minimum}, {"maxValues", maximum}, {"nullCount", nulls}});
}

}  // namespace axonite::delta
