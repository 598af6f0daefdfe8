#pragma once
// DuckDB's errors in the server's terms. Every message of DuckDB starts with its kind ("Binder Error: …").
//   invalid     EngineSyntax EngineBinder EngineCatalog EngineConversion EngineOutOfRange EngineInput EngineConstraint
//               EngineType EngineSettings EngineDependency EngineDivideByZero EngineParameter
//   conflict    EngineTransactionConflict (another transaction changed the row), EngineTransactionAborted (only
//               ROLLBACK works), EngineTransaction
//   too_large   EngineOutOfMemory
//   unsupported EngineNotImplemented
//   forbidden   EnginePermission
//   unavailable EngineIo
//   cancelled   QueryCancelled
//   internal    everything else
#include <string_view>

#include "base/error.h"

namespace axonite::engine {

Error error_of(std::string_view message);

}  // namespace axonite::engine
