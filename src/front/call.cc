#include <boost/json.hpp>

#include "front/operation.h"

namespace axonite::front {

std::string_view Call::path(std::string_view name) const {
  for (const auto& [key, value] : path_parameters)
    if (key == name) return value;
  return {};
}

Result<std::string> Call::body_text() {
  if (!body_) {
    TRY(std::string text, request.read_body(limits.body_bytes_max));
    body_ = std::move(text);
  }
  return *body_;
}

Result<json::Value> Call::body_json() {
  TRY(std::string text, body_text());
  return json::parse(text, {.bytes_max = limits.body_bytes_max});
}

}  // namespace axonite::front
