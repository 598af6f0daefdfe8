#include "tsql/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace axonite::tsql {
namespace {

constexpr std::string_view kCode = "T-SQL";

int severity_of(int number) {
  switch (number) {
    case 102: case 105: case 111: case 137: case 156: case 178: case 319: case 1038: return 15;
    case 229: case 262: return 14;
    case 515: case 547: case 2627: case 2601: return number == 515 ? 16 : 14;
    case 1205: return 13;
    case 5701: case 5703: return 0;
    default: return 16;
  }
}

// DuckDB's text behind its kind: "Conversion Error: Could not convert …" → "Could not convert …".
std::string_view without_kind(std::string_view text) {
  auto at = text.find("Error: ");
  return at == std::string_view::npos || at > 40 ? text : text.substr(at + 7);
}

// A message that our own SQL raised with error('TSQL:245:…').
std::optional<Message> raised(std::string_view text) {
  auto at = text.find("TSQL:");
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + 5);
  auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto number = text::parse_int<int>(text.substr(0, colon));
  if (!number) return std::nullopt;
  std::string_view body = text.substr(colon + 1);
  return Message{.number = *number, .severity = severity_of(*number), .text = std::string(body.substr(0, body.find('\n')))};
}

struct EngineText {
  std::string_view part;
  int number;
  std::string_view text;  // empty: DuckDB's own, without its kind
};

constexpr EngineText kEngineTexts[] = {
    {"to DECIMAL", 8115, "Arithmetic overflow error converting numeric to data type numeric."},
    {"to decimal", 8114, "Error converting data type varchar to numeric."},
    {"Overflow in", 8115, "Arithmetic overflow error converting expression to data type int."},
    {"out of range", 8115, "Arithmetic overflow error converting expression to the target data type."},
    {"out-of-range", 8115, "Arithmetic overflow error converting expression to the target data type."},
    {"overflow", 8115, "Arithmetic overflow error converting expression to the target data type."},
    {"to DOUBLE", 8114, "Error converting data type varchar to float."},
    {"to FLOAT", 8114, "Error converting data type varchar to real."},
    {"to UUID", 8169, "Conversion failed when converting from a character string to uniqueidentifier."},
    {"date field", 241, "Conversion failed when converting date and/or time from character string."},
    {"timestamp field", 241, "Conversion failed when converting date and/or time from character string."},
    {"time field", 241, "Conversion failed when converting date and/or time from character string."},
    {"invalid date", 241, "Conversion failed when converting date and/or time from character string."},
    {"NOT NULL constraint failed", 515, ""},
    {"Duplicate key", 2627, ""},
    {"onflict", 1205, ""},  // "Conflict on update!", "Transaction conflict"
    {"More than one row returned by a subquery", 512,
     "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or "
     "when the subquery is used as an expression."},
    {"Could not convert string", 245, ""},
    {"Conversion", 8114, ""},
    {"No files found", 13807, ""},
    {"transaction is aborted", 111233,
     "The current transaction has aborted, and any pending changes have been rolled back. The cause of this issue is "
     "that a transaction in a rollback-only state isn't explicitly rolled back before a DDL, DML, or SELECT statement."},
};

}  // namespace

Error failure_of(const Message& message) {
  Error error;
  error.kind = Error::Kind::invalid;
  error.code = kCode;
  error.message = message.text;
  error.target = fmt::format("{},{},{},{},{}", message.number, message.severity, message.state, message.line,
                             message.procedure);
  return error;
}

Error failure(int number, std::string text, int line, int severity, int state) {
  return failure_of({.number = number,
                     .severity = severity ? severity : severity_of(number),
                     .state = state,
                     .line = line,
                     .text = std::move(text)});
}

Error syntax_error(std::string_view near, int line) {
  return failure(102, fmt::format("Incorrect syntax near '{}'.", near.substr(0, 128)), line);
}

Error not_supported(std::string_view what, int line) {
  return failure(104467, fmt::format("'{}' is not supported.", what), line);
}

bool is_failure(const Error& error) { return error.code == kCode; }

Message message_of(const Error& error) {
  if (is_failure(error)) {
    auto parts = text::split(error.target, ',');
    auto number = [&](std::size_t i) { return i < parts.size() ? text::parse_int<int>(parts[i]).value_or(0) : 0; };
    return {.number = number(0),
            .severity = number(1),
            .state = number(2),
            .line = number(3),
            .text = error.message,
            .procedure = parts.size() > 4 ? std::string(parts[4]) : ""};
  }
  if (auto message = raised(error.message)) {
    message->line = 0;
    return *message;
  }
  for (const EngineText& known : kEngineTexts) {
    if (error.message.find(known.part) == std::string::npos) continue;
    std::string_view text = known.text.empty() ? without_kind(error.message) : known.text;
    return {.number = known.number, .severity = severity_of(known.number), .line = 0, .text = std::string(text)};
  }
  int number = error.kind == Error::Kind::forbidden || error.kind == Error::Kind::not_found ? 13807 : 50000;
  if (error.kind == Error::Kind::too_large) number = 701;
  return {.number = number, .line = 0, .text = std::string(without_kind(error.message))};
}

Error with_line(Error error, int line) {
  Message message = message_of(error);
  if (message.line == 0) message.line = line;
  return failure_of(message);
}

}  // namespace axonite::tsql
