#pragma once
// Digests as raw bytes; encode with text::base64_encode or text::hex_encode.
#include <string>
#include <string_view>

namespace axonite::digest {

std::string md5(std::string_view bytes);  // Content-MD5 of storage only; not for security
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);

}  // namespace axonite::digest
