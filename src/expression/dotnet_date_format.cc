// DateTime.ToString(format) with the names and orders of the American culture, which is what the service uses.
#include <fmt/format.h>

#include <algorithm>

#include "expression/calendar_names.h"
#include "expression/date_time.h"

namespace axonite::expression {
namespace {

std::unexpected<Error> bad_format(std::string_view format) {
  return std::unexpected(
      invalid("InvalidDateFormat", fmt::format("'{}' is no format of a date and time.", format)));
}

// What a standard format letter stands for; "" for a letter that is none.
std::string_view custom_format(char standard) {
  switch (standard) {
    case 'd': return "M/d/yyyy";
    case 'D': return "dddd, MMMM d, yyyy";
    case 'f': return "dddd, MMMM d, yyyy h:mm tt";
    case 'F':
    case 'U': return "dddd, MMMM d, yyyy h:mm:ss tt";
    case 'g': return "M/d/yyyy h:mm tt";
    case 'G': return "M/d/yyyy h:mm:ss tt";
    case 'm':
    case 'M': return "MMMM d";
    case 'o':
    case 'O': return "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK";
    case 'r':
    case 'R': return "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'";
    case 's': return "yyyy'-'MM'-'dd'T'HH':'mm':'ss";
    case 't': return "h:mm tt";
    case 'T': return "h:mm:ss tt";
    case 'u': return "yyyy'-'MM'-'dd HH':'mm':'ss'Z'";
    case 'y':
    case 'Y': return "MMMM yyyy";
    default: return {};
  }
}

class Formatter {
 public:
  Formatter(DateTime value, std::string_view format)
      : fields_(date_fields(value.ticks)), kind_(value.kind), format_(format) {}

  Result<std::string> format() {
    while (at_ < format_.size()) CHECK_OK(next());
    return std::move(out_);
  }

 private:
  Result<void> next() {
    char c = format_[at_];
    switch (c) {
      case '\'':
      case '"': return quoted(c);
      case '\\': return escaped();
      case '%': return percent();
      default: return field(c, run_of(c));
    }
  }

  std::size_t run_of(char c) const {
    std::size_t end = at_;
    while (end < format_.size() && format_[end] == c) ++end;
    return end - at_;
  }

  Result<void> quoted(char quote) {
    for (++at_; at_ < format_.size() && format_[at_] != quote; ++at_) {
      if (format_[at_] == '\\' && ++at_ == format_.size()) return bad_format(format_);
      out_ += format_[at_];
    }
    if (at_++ >= format_.size()) return bad_format(format_);
    return ok();
  }

  Result<void> escaped() {
    if (at_ + 1 >= format_.size()) return bad_format(format_);
    out_ += format_[at_ + 1];
    at_ += 2;
    return ok();
  }

  // "%d" is the custom field d alone, where "d" would be the standard format.
  Result<void> percent() {
    if (++at_ >= format_.size() || format_[at_] == '%') return bad_format(format_);
    return next();
  }

  Result<void> field(char c, std::size_t run) {
    at_ += run;
    switch (c) {
      case 'd': day(run); break;
      case 'M': month(run); break;
      case 'y': year(run); break;
      case 'h': number(fields_.hour % 12 == 0 ? 12 : fields_.hour % 12, run); break;
      case 'H': number(fields_.hour, run); break;
      case 'm': number(fields_.minute, run); break;
      case 's': number(fields_.second, run); break;
      case 'f':
      case 'F': return fraction(run, c == 'F');
      case 't': out_ += std::string_view(fields_.hour < 12 ? "AM" : "PM").substr(0, std::min<std::size_t>(run, 2)); break;
      case 'g': out_ += "AD"; break;
      case 'K': zones(run); break;
      case 'z': out_ += run == 1 ? "+0" : run == 2 ? "+00" : "+00:00"; break;
      default: out_.append(run, c);
    }
    return ok();
  }

  void number(int value, std::size_t run) { out_ += fmt::format("{:0{}}", value, std::min<std::size_t>(run, 2)); }

  void day(std::size_t run) {
    if (run <= 2) return number(fields_.day, run);
    std::string_view name = kDayNames[fields_.day_of_week];
    out_ += run == 3 ? abbreviated(name) : name;
  }

  void month(std::size_t run) {
    if (run <= 2) return number(fields_.month, run);
    std::string_view name = kMonthNames[fields_.month - 1];
    out_ += run == 3 ? abbreviated(name) : name;
  }

  void year(std::size_t run) {
    if (run <= 2) return number(fields_.year % 100, run);
    out_ += fmt::format("{:0{}}", fields_.year, run);
  }

  // Small "f" keeps zeros; capital "F" drops them, and the point before when nothing is left.
  Result<void> fraction(std::size_t run, bool trims) {
    if (run > 7) return bad_format(format_);
    std::string digits = fmt::format("{:07}", fields_.fraction).substr(0, run);
    if (trims) {
      digits.erase(digits.find_last_not_of('0') + 1);
      if (digits.empty() && out_.ends_with('.')) out_.pop_back();
    }
    out_ += digits;
    return ok();
  }

  void zones(std::size_t run) {
    for (; run > 0; --run)
      switch (kind_) {
        case DateTime::Kind::unspecified: break;
        case DateTime::Kind::utc: out_ += 'Z'; break;
        case DateTime::Kind::local: out_ += "+00:00"; break;
      }
  }

  DateFields fields_;
  DateTime::Kind kind_;
  std::string_view format_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

Result<std::string> format_date(DateTime value, std::string_view format) {
  constexpr std::size_t kYearRunMax = 64;  // "yyyy…" pads to its own length
  if (format.empty()) format = "o";
  if (format.find(std::string(kYearRunMax, 'y')) != format.npos) return bad_format(format);
  if (format.size() > 1) return Formatter(value, format).format();
  std::string_view custom = custom_format(format[0]);
  if (custom.empty()) return bad_format(format);
  return Formatter(value, custom).format();
}

}  // namespace axonite::expression
