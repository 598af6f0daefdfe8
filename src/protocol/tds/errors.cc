#include "protocol/tds/errors.h"

#include "base/log.h"

namespace axonite::protocol::tds {
namespace {

int number_of(Error::Kind kind) {
  switch (kind) {  // numbers of SQL Server's sys.messages
    case Error::Kind::invalid: return 4002;           // the incoming TDS protocol stream is incorrect
    case Error::Kind::unauthenticated: return 18456;
    case Error::Kind::forbidden: return 229;
    case Error::Kind::not_found: return 2812;
    case Error::Kind::conflict: return 3960;
    case Error::Kind::precondition: return 3960;
    case Error::Kind::too_large: return 701;
    case Error::Kind::throttled: return 10928;
    case Error::Kind::unsupported: return 104385;
    case Error::Kind::unavailable: return 40613;
    case Error::Kind::cancelled: return 596;
    case Error::Kind::internal: return 40197;
  }
  fatal("error kind outside its enum");
}

}  // namespace

tsql::Message message_of(const Error& error) {
  return {.number = number_of(error.kind), .severity = 16, .state = 1, .line = 1, .text = error.message, .procedure = {}};
}

tsql::Message login_failed(std::string_view user) {
  return {.number = 18456, .severity = 14, .state = 1, .line = 1,
          .text = "Login failed for user '" + std::string(user) + "'.", .procedure = {}};
}

tsql::Message cannot_open_database(std::string_view database) {
  return {.number = 4060, .severity = 11, .state = 1, .line = 1,
          .text = "Cannot open database \"" + std::string(database) + "\" requested by the login. The login failed.",
          .procedure = {}};
}

}  // namespace axonite::protocol::tds
