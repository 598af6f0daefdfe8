#include "base/text.h"

#include "engine/session.h"

namespace axonite::engine {

std::string quote_identifier(std::string_view name) {
  return '"' + text::replace_all(std::string(name), "\"", "\"\"") + '"';
}

std::string quote_literal(std::string_view text) {
  return '\'' + text::replace_all(std::string(text), "'", "''") + '\'';
}

}  // namespace axonite::engine
