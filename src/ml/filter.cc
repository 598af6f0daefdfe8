#include "ml/filter.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "base/text.h"

namespace axonite::ml {
namespace {

struct Token {
  enum class Kind { word, quoted, string, number, symbol, end } kind = Kind::end;
  std::string text;
};

Error broken(std::string_view text, std::string_view what) { return bad_value("Invalid filter or order '" + std::string(text.substr(0, 200)) + "': " + std::string(what)); }

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '/' || c == '$' || c == ':' || static_cast<unsigned char>(c) >= 0x80; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> tokens() {
    std::vector<Token> all;
    while (true) {
      TRY(Token token, next());
      all.push_back(token);
      if (token.kind == Token::Kind::end) return all;
    }
  }

 private:
  Result<Token> next() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    if (at_ >= text_.size()) return Token{};
    char c = text_[at_];
    if (c == '\'' || c == '"' || c == '`') return quoted(c);
    if (std::isdigit(static_cast<unsigned char>(c)) || (c == '-' && at_ + 1 < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[at_ + 1])) || text_[at_ + 1] == '.'))) return number();
    if (is_word(c)) return word();
    return symbol();
  }

  Result<Token> quoted(char mark) {
    std::size_t end = at_ + 1;
    std::string value;
    while (end < text_.size() && text_[end] != mark) value += text_[end++];
    if (end >= text_.size()) return std::unexpected(broken(text_, "a quoted text does not end."));
    at_ = end + 1;
    return Token{mark == '\'' ? Token::Kind::string : Token::Kind::quoted, std::move(value)};
  }

  // A word that begins with a digit, such as a run id without quotes, is a word.
  Result<Token> number() {
    std::size_t begin = at_;
    while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '.' || text_[at_] == '+')) ++at_;
    std::string value(text_.substr(begin, at_ - begin));
    double parsed = 0;
    auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    bool whole = failed == std::errc{} && end == value.data() + value.size();
    return Token{whole ? Token::Kind::number : Token::Kind::word, std::move(value)};
  }

  Result<Token> word() {
    std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return Token{Token::Kind::word, std::string(text_.substr(begin, at_ - begin))};
  }

  Result<Token> symbol() {
    for (std::string_view two : {"!=", "<=", ">=", "=="})
      if (text_.substr(at_).starts_with(two)) {
        at_ += 2;
        return Token{Token::Kind::symbol, std::string(two == "==" ? "=" : two)};
      }
    char c = text_[at_];
    if (std::string_view("=<>.,()").find(c) == std::string_view::npos) return std::unexpected(broken(text_, std::string("'") + c + "' has no meaning here."));
    ++at_;
    return Token{Token::Kind::symbol, std::string(1, c)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::span<const std::string_view> attributes_of(FilterOf what) {
  static constexpr std::array<std::string_view, 9> runs{"run_id", "run_name", "status", "start_time", "end_time", "artifact_uri", "user_id", "lifecycle_stage", "experiment_id"};
  static constexpr std::array<std::string_view, 4> experiments{"name", "experiment_id", "creation_time", "last_update_time"};
  static constexpr std::array<std::string_view, 3> models{"name", "last_updated_timestamp", "creation_timestamp"};
  static constexpr std::array<std::string_view, 6> versions{"name", "version_number", "run_id", "source_path", "last_updated_timestamp", "creation_timestamp"};
  switch (what) {
    case FilterOf::runs: return runs;
    case FilterOf::experiments: return experiments;
    case FilterOf::models: return models;
    case FilterOf::versions: return versions;
  }
  return {};
}

std::string canonical(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"run name", "run_name"}, {"Run name", "run_name"}, {"created", "start_time"}, {"Created", "start_time"}, {"start time", "start_time"}, {"run id", "run_id"}, {"timestamp", "last_updated_timestamp"}, {"version", "version_number"}, {"source", "source_path"}};
  for (auto [alias, real] : names)
    if (alias == name) return std::string(real);
  return std::string(name);
}

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens, FilterOf what) : text_(text), tokens_(std::move(tokens)), what_(what) {}

  bool at_end() const { return tokens_[at_].kind == Token::Kind::end; }
  bool take_symbol(std::string_view symbol) { return take(Token::Kind::symbol, symbol); }
  bool take_word(std::string_view word) {
    if (tokens_[at_].kind != Token::Kind::word || !text::equals_ignoring_case(tokens_[at_].text, word)) return false;
    ++at_;
    return true;
  }

  Result<Field> field() {
    TRY(std::string first, name());
    Field found{.name = first};
    if (take_symbol(".")) {
      static constexpr std::pair<std::string_view, Field::Kind> kinds[] = {
          {"attribute", Field::Kind::attribute}, {"attributes", Field::Kind::attribute}, {"attr", Field::Kind::attribute}, {"run", Field::Kind::attribute},
          {"metric", Field::Kind::metric},       {"metrics", Field::Kind::metric},       {"param", Field::Kind::param},    {"params", Field::Kind::param},
          {"parameter", Field::Kind::param},     {"parameters", Field::Kind::param},     {"tag", Field::Kind::tag},        {"tags", Field::Kind::tag}};
      auto kind = std::ranges::find_if(kinds, [&](const auto& one) { return text::equals_ignoring_case(one.first, first); });
      if (kind == std::end(kinds)) return std::unexpected(broken(text_, "'" + first + "' is no entity; attributes, metrics, params and tags are."));
      found.kind = kind->second;
      TRY(found.name, dotted_name());
      bool measured = found.kind == Field::Kind::metric || found.kind == Field::Kind::param;
      if (measured && what_ != FilterOf::runs) return std::unexpected(broken(text_, "only runs have metrics and parameters."));
    }
    if (found.kind == Field::Kind::attribute) {
      found.name = canonical(found.name);
      if (auto known = attributes_of(what_); std::ranges::find(known, found.name) == known.end()) return std::unexpected(broken(text_, "there is no attribute '" + found.name + "'."));
    }
    return found;
  }

  Result<Condition> condition() {
    Condition made;
    TRY(made.field, field());
    TRY(made.comparator, comparator());
    if (made.comparator.starts_with("IS")) return made;
    if (made.comparator.ends_with("IN")) {
      if (!take_symbol("(")) return std::unexpected(broken(text_, "IN needs a list in parentheses."));
      do {
        TRY(std::string one, value(made));
        made.values.push_back(std::move(one));
      } while (take_symbol(","));
      if (!take_symbol(")")) return std::unexpected(broken(text_, "the list after IN does not end."));
    } else {
      TRY(std::string one, value(made));
      made.values.push_back(std::move(one));
    }
    CHECK_OK(check_types(made));
    return made;
  }

 private:
  bool take(Token::Kind kind, std::string_view text) {
    if (tokens_[at_].kind != kind || tokens_[at_].text != text) return false;
    ++at_;
    return true;
  }

  Result<std::string> name() {
    const Token& token = tokens_[at_];
    if (token.kind != Token::Kind::word && token.kind != Token::Kind::quoted) return std::unexpected(broken(text_, "a name is missing."));
    ++at_;
    return token.text;
  }

  // tags.mlflow.source.type needs no quotes.
  Result<std::string> dotted_name() {
    bool quoted = tokens_[at_].kind == Token::Kind::quoted;
    TRY(std::string whole, name());
    while (!quoted && take_symbol(".")) {
      TRY(std::string more, name());
      whole += "." + more;
    }
    return whole;
  }

  Result<std::string> comparator() {
    for (std::string_view symbol : {"=", "!=", "<=", ">=", "<", ">"})
      if (take_symbol(symbol)) return std::string(symbol);
    for (std::string_view word : {"LIKE", "ILIKE", "IN"})
      if (take_word(word)) return std::string(word);
    if (take_word("NOT")) {
      if (take_word("IN")) return std::string("NOT IN");
      return std::unexpected(broken(text_, "after NOT only IN may stand."));
    }
    if (take_word("IS")) {
      bool negated = take_word("NOT");
      if (take_word("NULL")) return std::string(negated ? "IS NOT NULL" : "IS NULL");
    }
    return std::unexpected(broken(text_, "a comparison is missing."));
  }

  Result<std::string> value(Condition& condition) {
    const Token& token = tokens_[at_];
    bool text = token.kind == Token::Kind::string || token.kind == Token::Kind::quoted;
    if (!text && token.kind != Token::Kind::number) return std::unexpected(broken(text_, "a value in quotes or a number is missing."));
    condition.is_number = !text;
    ++at_;
    return token.text;
  }

  Result<void> check_types(const Condition& condition) const {
    bool numeric = condition.field.kind == Field::Kind::metric || condition.field.name.ends_with("_time") || condition.field.name.ends_with("timestamp");
    bool ordered = condition.comparator.find_first_of("<>") != std::string::npos;
    if (condition.field.kind == Field::Kind::metric && !condition.is_number) return std::unexpected(broken(text_, "metrics compare with numbers."));
    if (numeric && (condition.comparator.ends_with("LIKE"))) return std::unexpected(broken(text_, "numbers have no LIKE."));
    bool text_field = condition.field.kind == Field::Kind::param || condition.field.kind == Field::Kind::tag;
    if (text_field && condition.is_number) return std::unexpected(broken(text_, "parameters and tags compare with texts in quotes."));
    if (text_field && ordered) return std::unexpected(broken(text_, "'" + condition.comparator + "' does not compare texts."));
    return ok();
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  FilterOf what_;
  std::size_t at_ = 0;
};

Result<Parser> parser(std::string_view text, FilterOf what) {
  if (text.size() > kFilterBytesMax) return std::unexpected(bad_value("The filter is longer than " + std::to_string(kFilterBytesMax) + " bytes."));
  TRY(auto tokens, Lexer(text).tokens());
  return Parser(text, std::move(tokens), what);
}

// What a field is for one item: absent, a text or a number.
struct Value {
  bool present = false;
  bool is_number = false;
  double number = 0;
  std::string_view text;
};

Value of(std::string_view text) { return {.present = true, .text = text}; }
Value of(double number) { return {.present = true, .is_number = true, .number = number}; }
Value of(std::int64_t number) { return of(static_cast<double>(number)); }

Value in(const std::vector<Pair>& pairs, std::string_view key) {
  for (const Pair& pair : pairs)
    if (pair.key == key) return of(std::string_view(pair.value));
  return {};
}

Value value_of(const Run& run, const Field& field) {
  if (field.kind == Field::Kind::param) return in(run.params, field.name);
  if (field.kind == Field::Kind::tag) return in(run.tags, field.name);
  if (field.kind == Field::Kind::metric) {
    for (const Metric& metric : run.metrics)
      if (metric.key == field.name) return of(metric.value);
    return {};
  }
  if (field.name == "run_id") return of(std::string_view(run.id));
  if (field.name == "run_name") return of(std::string_view(run.name));
  if (field.name == "status") return of(std::string_view(run.status));
  if (field.name == "start_time") return of(run.start_ms);
  if (field.name == "end_time") return run.end_ms ? of(*run.end_ms) : Value{};
  if (field.name == "user_id") return of(std::string_view(run.user));
  if (field.name == "lifecycle_stage") return of(std::string_view(run.stage));
  if (field.name == "experiment_id") return of(std::string_view(run.experiment_id));
  return {};
}

Value value_of(const Experiment& one, const Field& field) {
  if (field.kind == Field::Kind::tag) return in(one.tags, field.name);
  if (field.name == "name") return of(std::string_view(one.name));
  if (field.name == "experiment_id") return of(std::string_view(one.id));
  return of(field.name == "creation_time" ? one.created_ms : one.updated_ms);
}

Value value_of(const Model& one, const Field& field) {
  if (field.kind == Field::Kind::tag) return in(one.tags, field.name);
  if (field.name == "name") return of(std::string_view(one.name));
  return of(field.name == "creation_timestamp" ? one.created_ms : one.updated_ms);
}

Value value_of(const ModelVersion& one, const Field& field) {
  if (field.kind == Field::Kind::tag) return in(one.tags, field.name);
  if (field.name == "name") return of(std::string_view(one.name));
  if (field.name == "run_id") return of(std::string_view(one.run_id));
  if (field.name == "source_path") return of(std::string_view(one.source));
  if (field.name == "version_number") {
    auto number = text::parse_int<std::int64_t>(one.version);
    return number ? of(*number) : of(std::string_view(one.version));
  }
  return of(field.name == "creation_timestamp" ? one.created_ms : one.updated_ms);
}

// SQL's LIKE: % any text, _ one character.
bool like(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '_' || (pattern[p] != '%' && pattern[p] == text[t]))) {
      ++t, ++p;
    } else if (p < pattern.size() && pattern[p] == '%') {
      star = p++, mark = t;
    } else if (star != std::string_view::npos) {
      p = star + 1, t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

bool ordered(std::string_view comparator, std::partial_ordering order) {
  if (comparator == "=") return order == 0;
  if (comparator == "!=") return order != 0;
  if (comparator == "<") return order < 0;
  if (comparator == "<=") return order <= 0;
  if (comparator == ">") return order > 0;
  return order >= 0;
}

double number_of(std::string_view text) {
  double value = std::nan("");
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool holds(const Condition& condition, const Value& value) {
  const std::string& comparator = condition.comparator;
  if (comparator == "IS NULL") return !value.present;
  if (comparator == "IS NOT NULL") return value.present;
  if (!value.present) return false;
  std::string number;
  std::string_view text = value.text;
  if (value.is_number && !condition.is_number && comparator != "IN" && comparator != "NOT IN") return ordered(comparator, value.number <=> number_of(condition.values.front()));
  if (value.is_number && (comparator == "IN" || comparator == "NOT IN"))
    return std::ranges::any_of(condition.values, [&](const std::string& one) { return number_of(one) == value.number; }) == (comparator == "IN");
  if (value.is_number) return ordered(comparator, value.number <=> number_of(condition.values.front()));
  if (comparator.ends_with("IN")) return (std::ranges::find(condition.values, text) != condition.values.end()) == (comparator == "IN");
  if (comparator == "LIKE") return like(text, condition.values.front());
  if (comparator == "ILIKE") return like(text::to_lower(text), text::to_lower(condition.values.front()));
  return ordered(comparator, text <=> std::string_view(condition.values.front()));
}

template <class Item>
bool accepts_all(const std::vector<Condition>& conditions, const Item& item) {
  return std::ranges::all_of(conditions, [&](const Condition& condition) { return holds(condition, value_of(item, condition.field)); });
}

// Absent ones last in either direction; NaN between the numbers and them.
int rank(const Value& value) { return !value.present ? 2 : value.is_number && std::isnan(value.number) ? 1 : 0; }

std::partial_ordering compare(const Value& a, const Value& b, bool ascending) {
  if (int ra = rank(a), rb = rank(b); ra || rb) return ra <=> rb;
  auto order = a.is_number ? a.number <=> b.number : std::partial_ordering(a.text <=> b.text);
  return ascending ? order : 0 <=> order;
}

}  // namespace

const std::string* Run::tag(std::string_view key) const {
  for (const Pair& one : tags)
    if (one.key == key) return &one.value;
  return nullptr;
}

Result<Filter> Filter::parse(std::string_view text, FilterOf what) {
  Filter filter;
  if (text::trim(text).empty()) return filter;
  TRY(Parser reading, parser(text, what));
  do {
    TRY(Condition condition, reading.condition());
    filter.conditions_.push_back(std::move(condition));
    if (filter.conditions_.size() > kConditionsMax) return std::unexpected(broken(text, "there are too many conditions."));
  } while (reading.take_word("AND"));
  if (!reading.at_end()) return std::unexpected(broken(text, "conditions are joined by AND, and nothing else follows them."));
  return filter;
}

bool Filter::accepts(const Run& run) const { return accepts_all(conditions_, run); }
bool Filter::accepts(const Experiment& experiment) const { return accepts_all(conditions_, experiment); }
bool Filter::accepts(const Model& model) const { return accepts_all(conditions_, model); }
bool Filter::accepts(const ModelVersion& version) const { return accepts_all(conditions_, version); }

Result<Order> Order::parse(const std::vector<std::string>& clauses, FilterOf what) {
  Order order;
  if (clauses.size() > kConditionsMax) return std::unexpected(bad_value("There are too many orders."));
  for (const std::string& text : clauses) {
    TRY(Parser reading, parser(text, what));
    Clause clause;
    TRY(clause.field, reading.field());
    clause.ascending = !reading.take_word("DESC");
    if (clause.ascending) reading.take_word("ASC");
    if (!reading.at_end()) return std::unexpected(broken(text, "a field and ASC or DESC is all an order has."));
    order.clauses_.push_back(std::move(clause));
  }
  return order;
}

#define BEFORE(Item)                                                                                                  \
  bool Order::before(const Item& a, const Item& b) const {                                                            \
    for (const Clause& clause : clauses_) {                                                                           \
      auto order = compare(value_of(a, clause.field), value_of(b, clause.field), clause.ascending);                   \
      if (order != 0) return order < 0;                                                                               \
    }                                                                                                                 \
    return false;                                                                                                     \
  }
BEFORE(Run)
BEFORE(Experiment)
BEFORE(Model)
BEFORE(ModelVersion)
#undef BEFORE

}  // namespace axonite::ml
