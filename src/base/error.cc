#include "base/error.h"

namespace axonite {

std::string_view kind_name(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::invalid: return "invalid";
    case Error::Kind::unauthenticated: return "unauthenticated";
    case Error::Kind::forbidden: return "forbidden";
    case Error::Kind::not_found: return "not_found";
    case Error::Kind::conflict: return "conflict";
    case Error::Kind::precondition: return "precondition";
    case Error::Kind::too_large: return "too_large";
    case Error::Kind::throttled: return "throttled";
    case Error::Kind::unsupported: return "unsupported";
    case Error::Kind::unavailable: return "unavailable";
    case Error::Kind::cancelled: return "cancelled";
    case Error::Kind::internal: return "internal";
  }
  return "internal";
}

namespace {
Error make(Error::Kind kind, std::string_view code, std::string message, std::string target = {}) {
  return Error{.kind = kind, .code = std::string(code), .message = std::move(message), .target = std::move(target)};
}
}  // namespace

Error invalid(std::string_view code, std::string message, std::string target) {
  return make(Error::Kind::invalid, code, std::move(message), std::move(target));
}
Error unauthenticated(std::string_view code, std::string message) {
  return make(Error::Kind::unauthenticated, code, std::move(message));
}
Error forbidden(std::string_view code, std::string message) {
  return make(Error::Kind::forbidden, code, std::move(message));
}
Error not_found(std::string_view code, std::string message) {
  return make(Error::Kind::not_found, code, std::move(message));
}
Error conflict(std::string_view code, std::string message) {
  return make(Error::Kind::conflict, code, std::move(message));
}
Error precondition_failed(std::string_view code, std::string message) {
  return make(Error::Kind::precondition, code, std::move(message));
}
Error too_large(std::string_view code, std::string message) {
  return make(Error::Kind::too_large, code, std::move(message));
}
Error throttled(std::string_view code, std::string message) {
  return make(Error::Kind::throttled, code, std::move(message));
}
Error unsupported(std::string_view code, std::string message) {
  return make(Error::Kind::unsupported, code, std::move(message));
}
Error unavailable(std::string_view code, std::string message) {
  return make(Error::Kind::unavailable, code, std::move(message));
}
Error cancelled(std::string_view code, std::string message) {
  return make(Error::Kind::cancelled, code, std::move(message));
}
Error internal(std::string log) {
  Error error = make(Error::Kind::internal, "InternalError", "An internal error occurred.");
  error.log = std::move(log);
  return error;
}

}  // namespace axonite
