#pragma once
// Functions of Spark that DuckDB says in one expression but needs an argument of more than once: macros of the session's
// own database. Each session runs these statements when it opens.
#include <span>

namespace axonite::spark {

std::span<const char* const> macros();

}  // namespace axonite::spark
