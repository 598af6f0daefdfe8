#include "tsql/activity_rows.h"

#include <fmt/format.h>

#include "base/text.h"
#include "tsql/activity.h"

namespace axonite::tsql {
namespace {

using engine::quote_literal;

std::string stamp(Time time) { return fmt::format("TIMESTAMP '{}'", text::replace_all(format_iso(time).substr(0, 23), "T", " ")); }

bool is_visible(const State& state, int spid) { return state.options->is_owner || spid == state.spid; }

// A list of no rows has types too.
std::string values(const std::vector<std::string>& rows, std::string_view none) {
  return rows.empty() ? fmt::format("(SELECT {} WHERE false)", none) : "(VALUES " + text::join(rows, ", ") + ")";
}

}  // namespace

std::string session_rows(const State& state) {
  std::vector<std::string> rows;
  for (const SessionActivity& one : state.activity->sessions(state.activity_key))
    if (is_visible(state, one.spid))
      rows.push_back(fmt::format("({}, {}, {}, {}, {}, CAST({} AS BIGINT), {})", one.spid, quote_literal(one.login), quote_literal(one.host), quote_literal(one.application), stamp(one.connected), one.request, one.running));
  return values(rows, "0, '', '', '', TIMESTAMP '2000-01-01', CAST(0 AS BIGINT), false") + " AS s(spid, login, host, application, connected, request, running)";
}

std::string request_rows(const State& state) {
  std::vector<std::string> rows;
  for (const RequestActivity& one : state.activity->requests(state.activity_key))
    if (is_visible(state, one.spid))
      rows.push_back(fmt::format("(CAST({} AS BIGINT), {}, {}, {}, {}, {}, {}, '{}')", one.number, one.spid, quote_literal(one.command), one.label.empty() ? "CAST(NULL AS VARCHAR)" : quote_literal(one.label), stamp(one.started),
                                 one.ended ? stamp(*one.ended) : "CAST(NULL AS TIMESTAMP)", one.error, one.status));
  return values(rows, "CAST(0 AS BIGINT), 0, '', '', TIMESTAMP '2000-01-01', TIMESTAMP '2000-01-01', 0, ''") + " AS r(number, spid, command, label, started, ended, error, status)";
}

}  // namespace axonite::tsql
