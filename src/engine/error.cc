#include "engine/error.h"

#include <algorithm>

namespace axonite::engine {
namespace {

struct Kind {
  std::string_view name;  // as DuckDB spells it before " Error: "
  Error::Kind kind;
  std::string_view code;
};

constexpr Kind kKinds[] = {
    {"Parser", Error::Kind::invalid, "EngineSyntax"},
    {"Syntax", Error::Kind::invalid, "EngineSyntax"},
    {"Binder", Error::Kind::invalid, "EngineBinder"},
    {"Catalog", Error::Kind::invalid, "EngineCatalog"},
    {"Conversion", Error::Kind::invalid, "EngineConversion"},
    {"Out of Range", Error::Kind::invalid, "EngineOutOfRange"},
    {"Invalid Input", Error::Kind::invalid, "EngineInput"},
    {"Constraint", Error::Kind::invalid, "EngineConstraint"},
    {"Mismatch Type", Error::Kind::invalid, "EngineType"},
    {"Invalid type", Error::Kind::invalid, "EngineType"},
    {"Decimal", Error::Kind::invalid, "EngineOutOfRange"},
    {"Settings", Error::Kind::invalid, "EngineSettings"},
    {"Invalid Configuration", Error::Kind::invalid, "EngineSettings"},
    {"Dependency", Error::Kind::invalid, "EngineDependency"},
    {"Divide by Zero", Error::Kind::invalid, "EngineDivideByZero"},
    {"Parameter Not Resolved", Error::Kind::invalid, "EngineParameter"},
    {"Parameter Not Allowed", Error::Kind::invalid, "EngineParameter"},
    {"Expression", Error::Kind::invalid, "EngineInput"},
    {"Sequence", Error::Kind::invalid, "EngineOutOfRange"},
    {"Object Size", Error::Kind::too_large, "EngineOutOfMemory"},
    {"Out of Memory", Error::Kind::too_large, "EngineOutOfMemory"},
    {"Not implemented", Error::Kind::unsupported, "EngineNotImplemented"},
    {"Missing Extension", Error::Kind::unsupported, "EngineNotImplemented"},
    {"Extension Autoloading", Error::Kind::unsupported, "EngineNotImplemented"},
    {"Permission", Error::Kind::forbidden, "EnginePermission"},
    {"IO", Error::Kind::unavailable, "EngineIo"},
    {"INTERRUPT", Error::Kind::cancelled, "QueryCancelled"},
};

Error transaction_error(std::string_view text) {
  if (text.contains("onflict")) return conflict("EngineTransactionConflict", std::string(text));
  if (text.contains("is aborted")) return conflict("EngineTransactionAborted", std::string(text));
  return conflict("EngineTransaction", std::string(text));
}

}  // namespace

Error error_of(std::string_view message) {
  constexpr std::string_view separator = " Error: ";
  auto at = message.find(separator);
  if (at == message.npos) return internal("DuckDB: " + std::string(message));
  auto name = message.substr(0, at);
  auto text = message.substr(at + separator.size());
  if (name == "TransactionContext") return transaction_error(text);
  auto found = std::ranges::find(kKinds, name, &Kind::name);
  if (found == std::end(kKinds)) return internal("DuckDB: " + std::string(message));
  return Error{.kind = found->kind, .code = std::string(found->code), .message = std::string(text)};
}

}  // namespace axonite::engine
