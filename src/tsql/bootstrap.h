#pragma once
#include <span>
#include <string_view>


namespace axonite::tsql {

// In order; each may run again on a database that has it.
std::span<const std::string_view> bootstrap_statements();

}  // namespace axonite::tsql
