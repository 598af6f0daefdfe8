#pragma once
// T-SQL's errors inside axonite::Error: the service's number, severity, state and line travel in it from lexer, parser,
// binder and engine to the interpreter, which makes a Message of it.
#include <string>

#include "base/error.h"
#include "tsql/session.h"

namespace axonite::tsql {

// An error the user's text caused. Severity follows from the number where `severity` is 0 (15 for syntax, else 16).
Error failure(int number, std::string text, int line = 0, int severity = 0, int state = 1);
Error failure_of(const Message& message);
// Error 102: "Incorrect syntax near 'x'."
Error syntax_error(std::string_view near, int line);
// 104467-like refusals of what is not built or what the service refuses: number 40000-free text naming it.
Error not_supported(std::string_view what, int line = 0);

bool is_failure(const Error& error);
// The message of a failure; of anything else (engine errors) what a T-SQL user should see.
Message message_of(const Error& error);
// The statement's line where the failure has none yet.
Error with_line(Error error, int line);

}  // namespace axonite::tsql
