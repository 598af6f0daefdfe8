#include "base/id.h"

#include <sys/random.h>

#include <cctype>
#include <cstdlib>
#include <utility>

namespace axonite {

namespace {

void fill_random(char* bytes, std::size_t size) {
  std::size_t filled = 0;
  while (filled < size) {
    ssize_t got = getrandom(bytes + filled, size - filled, 0);
    if (got < 0) std::abort();  // no randomness, no keys: nothing safe can follow
    filled += static_cast<std::size_t>(got);
  }
}

// Ids are many and no secrets: a thread fetches the randomness of 16 at a time.
struct UuidBytes {
  char bytes[256];
  std::size_t used = sizeof bytes;
  const char* next() {
    if (used == sizeof bytes) fill_random(bytes, used), used = 0;
    return bytes + std::exchange(used, used + 16);
  }
};

}  // namespace

std::string random_bytes(std::size_t bytes) {
  std::string out(bytes, '\0');
  fill_random(out.data(), out.size());
  return out;
}

std::string new_uuid() {
  static constexpr char kHex[] = "0123456789abcdef";
  thread_local UuidBytes source;
  const char* raw = source.next();
  std::string out(36, '-');
  char* to = out.data();
  for (int i = 0; i < 16; ++i) {
    unsigned byte = static_cast<unsigned char>(raw[i]);
    if (i == 6) byte = (byte & 0x0F) | 0x40;
    if (i == 8) byte = (byte & 0x3F) | 0x80;
    if (i == 4 || i == 6 || i == 8 || i == 10) ++to;
    *to++ = kHex[byte >> 4];
    *to++ = kHex[byte & 15];
  }
  return out;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !std::isxdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

}  // namespace axonite
