#pragma once
// What Activity knows, as DuckDB row lists for the system views. Owners see their whole database, others themselves.
#include <string>

#include "tsql/state.h"

namespace axonite::tsql {

// (VALUES …) of spid, login, host, application, connected, request, running.
std::string session_rows(const State& state);
// (VALUES …) of number, spid, command, label, started, ended, error, status.
std::string request_rows(const State& state);

}  // namespace axonite::tsql
