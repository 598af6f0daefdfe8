// DateTime.Parse with RoundtripKind, for what it takes in the American culture. The text is cut into numbers,
// words and marks; the time is recognised by its colons, the zone by what follows the time, and what is left
// are the numbers of the date, whose order depends on how many digits the first has.
#include <vector>

#include "base/text.h"
#include "expression/calendar_names.h"
#include "expression/date_time.h"

namespace axonite::expression {
namespace {

constexpr std::size_t kTextBytesMax = 128;
constexpr int kTwoDigitYearMax = 2029;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Number {
  int value;
  std::size_t digits;
};

// The index of the name that `word` is or abbreviates to three letters.
template <std::size_t size>
std::optional<int> name_index(const std::array<std::string_view, size>& names, std::string_view word) {
  for (std::size_t index = 0; index < size; ++index)
    if (text::equals_ignoring_case(names[index], word) || text::equals_ignoring_case(abbreviated(names[index]), word))
      return static_cast<int>(index);
  return std::nullopt;
}

class Parser {
 public:
  Parser(std::string_view text, DateTime now) : text_(text::trim(text)), now_(date_fields(now.ticks)) {}

  std::optional<DateTime> parse() {
    if (text_.empty() || text_.size() > kTextBytesMax) return std::nullopt;
    while (at_ < text_.size())
      if (!item()) return std::nullopt;
    return assemble();
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  bool item() {
    char c = peek();
    if (is_digit(c)) return number_or_time();
    if (is_letter(c)) return word();
    if (has_time_ && !has_zone_ && (c == '+' || c == '-')) return offset();
    if (c == ' ' || c == '\t' || c == ',') {
      ++at_;
      return true;
    }
    bool between_numbers = (c == '-' || c == '/' || c == '.') && !has_time_ && (!numbers_.empty() || month_) &&
                           separator_ok(c);
    if (between_numbers) ++at_;
    return between_numbers;
  }

  // One kind of mark in a date, and never two in a row.
  bool separator_ok(char c) {
    if (at_ + 1 == text_.size() || (!is_digit(peek(1)) && !is_letter(peek(1)))) return false;
    if (separator_ != '\0' && separator_ != c) return false;
    separator_ = c;
    return true;
  }

  std::optional<Number> number() {
    std::size_t begin = at_;
    while (is_digit(peek())) ++at_;
    std::size_t digits = at_ - begin;
    auto value = text::parse_int<int>(text_.substr(begin, digits));
    if (!value || digits > 4) return std::nullopt;
    return Number{*value, digits};
  }

  bool number_or_time() {
    auto first = number();
    if (!first) return false;
    if (peek() == ':') return time(*first);
    std::size_t after = at_;
    while (after < text_.size() && text_[after] == ' ') ++after;
    std::string_view rest = text_.substr(after);
    bool is_hour = !has_time_ && (text::equals_ignoring_case(rest.substr(0, 2), "AM") ||
                                  text::equals_ignoring_case(rest.substr(0, 2), "PM"));
    if (is_hour) {
      hour_ = first->value;
      return has_time_ = first->digits <= 2;
    }
    numbers_.push_back(*first);
    return numbers_.size() <= 3;
  }

  bool time(Number hour) {
    if (has_time_ || hour.digits > 2) return false;
    has_time_ = true;
    hour_ = hour.value;
    ++at_;
    auto minute = number();
    if (!minute || minute->digits > 2) return false;
    minute_ = minute->value;
    if (peek() != ':') return true;
    ++at_;
    auto second = number();
    if (!second || second->digits > 2) return false;
    second_ = second->value;
    return peek() == '.' ? fraction() : true;
  }

  // Rounded to ticks, half away from zero, however many digits there are.
  bool fraction() {
    std::size_t begin = ++at_;
    while (is_digit(peek())) ++at_;
    std::string digits(text_.substr(begin, at_ - begin));
    if (digits.empty()) return false;
    bool rounds_up = digits.size() > 7 && digits[7] >= '5';
    digits.resize(7, '0');
    fraction_ = *text::parse_int<std::int64_t>(digits) + rounds_up;
    return true;
  }

  bool word() {
    std::size_t begin = at_;
    while (is_letter(peek())) ++at_;
    std::string_view word = text_.substr(begin, at_ - begin);
    if (text::equals_ignoring_case(word, "T")) return !numbers_.empty() && !has_time_ && is_digit(peek());
    if (text::equals_ignoring_case(word, "Z") || text::equals_ignoring_case(word, "GMT")) return utc();
    if (text::equals_ignoring_case(word, "AM") || text::equals_ignoring_case(word, "PM")) return half_day(word);
    if (auto month = name_index(kMonthNames, word)) {
      if (month_) return false;
      month_ = *month + 1;
      numbers_before_month_ = numbers_.size();
      return true;
    }
    if (auto day = name_index(kDayNames, word)) {
      if (day_of_week_) return false;
      day_of_week_ = *day;
      return true;
    }
    return false;
  }

  bool utc() {
    if (!has_time_ || has_zone_) return false;
    has_zone_ = true;
    kind_ = DateTime::Kind::utc;
    return true;
  }

  bool half_day(std::string_view word) {
    if (!has_time_ || has_half_ || hour_ > 12) return false;
    has_half_ = true;
    bool afternoon = text::equals_ignoring_case(word, "PM");
    hour_ = hour_ % 12 + (afternoon ? 12 : 0);
    return true;
  }

  // "+02:00", "+2:00", "+0200", "+02".
  bool offset() {
    bool negative = text_[at_++] == '-';
    auto hours = number();
    if (!hours) return false;
    int minutes = hours->digits > 2 ? hours->value % 100 : 0;
    int whole_hours = hours->digits > 2 ? hours->value / 100 : hours->value;
    if (peek() == ':') {
      ++at_;
      auto part = number();
      if (!part || part->digits != 2 || hours->digits > 2) return false;
      minutes = part->value;
    }
    int total = whole_hours * 60 + minutes;
    if (minutes > 59 || total > 14 * 60) return false;
    has_zone_ = true;
    kind_ = DateTime::Kind::local;
    offset_minutes_ = negative ? -total : total;
    return true;
  }

  static int full_year(Number number) {
    if (number.digits > 2) return number.value;
    int century = kTwoDigitYearMax / 100 * 100;
    return number.value > kTwoDigitYearMax % 100 ? century - 100 + number.value : century + number.value;
  }

  // Year, month and day out of the numbers, or false when they are no date.
  bool date(int& year, int& month, int& day) const {
    year = now_.year, month = now_.month, day = now_.day;
    if (month_) return date_with_name(year, month, day);
    if (numbers_.empty()) return has_time_;
    if (numbers_.size() == 1) return false;
    bool year_first = numbers_[0].digits > 2;
    if (numbers_.size() == 2) {
      bool year_last = numbers_[1].digits > 2;
      if (year_first && year_last) return false;
      if (!year_first && !year_last) return month = numbers_[0].value, day = numbers_[1].value, true;
      year = full_year(numbers_[year_first ? 0 : 1]);
      month = numbers_[year_first ? 1 : 0].value;
      return day = 1, true;
    }
    if (year_first) {
      year = full_year(numbers_[0]), month = numbers_[1].value, day = numbers_[2].value;
      return numbers_[1].digits <= 2 && numbers_[2].digits <= 2;
    }
    month = numbers_[0].value, day = numbers_[1].value, year = full_year(numbers_[2]);
    return numbers_[1].digits <= 2;
  }

  bool date_with_name(int& year, int& month, int& day) const {
    month = *month_;
    if (numbers_.empty() || numbers_.size() > 2) return false;
    if (numbers_.size() == 1) {
      bool is_year = numbers_[0].digits > 2 || numbers_[0].value > 31;
      if (is_year) return year = full_year(numbers_[0]), day = 1, true;
      return day = numbers_[0].value, true;
    }
    bool year_first = numbers_[0].digits > 2;
    if (year_first && numbers_before_month_ == 0) return false;
    year = full_year(numbers_[year_first ? 0 : 1]);
    const Number& day_number = numbers_[year_first ? 1 : 0];
    return day = day_number.value, day_number.digits <= 2;
  }

  std::optional<DateTime> assemble() const {
    int year = 0, month = 0, day = 0;
    if (!date(year, month, day)) return std::nullopt;
    auto ticks = make_ticks(year, month, day, hour_, minute_, second_);
    if (!ticks) return std::nullopt;
    auto value = add_ticks({*ticks, kind_}, fraction_ - offset_minutes_ * kTicksPerMinute);
    // A name of a day that the date does not have is an error, not a hint.
    if (value && day_of_week_ && date_fields(*ticks).day_of_week != *day_of_week_) return std::nullopt;
    return value;
  }

  std::string_view text_;
  DateFields now_;
  std::size_t at_ = 0;
  std::vector<Number> numbers_;
  std::size_t numbers_before_month_ = 0;
  std::optional<int> month_;
  std::optional<int> day_of_week_;
  char separator_ = '\0';
  bool has_time_ = false, has_zone_ = false, has_half_ = false;
  int hour_ = 0, minute_ = 0, second_ = 0, offset_minutes_ = 0;
  std::int64_t fraction_ = 0;
  DateTime::Kind kind_ = DateTime::Kind::unspecified;
};

}  // namespace

std::optional<DateTime> parse_date(std::string_view text, DateTime now) { return Parser(text, now).parse(); }

}  // namespace axonite::expression
