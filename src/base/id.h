#pragma once
#include <string>
#include <string_view>

namespace axonite {

// A random version-4 UUID in lower case: "3f2a…".
std::string new_uuid();
// `bytes` bytes from the system's generator.
std::string random_bytes(std::size_t bytes);
bool is_uuid(std::string_view text);

}  // namespace axonite
