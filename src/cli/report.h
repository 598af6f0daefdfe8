#pragma once
#include <cstdint>

namespace axonite::cli {

// Every Azure call that the server at this port has seen, those it does not support marked.
void print_report(std::uint16_t front_port);

}  // namespace axonite::cli
