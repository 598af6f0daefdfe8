#pragma once
// The one error type of the server. A room returns it, a protocol maps it once to its own shape
// (service/<name>/errors.cc, protocol/<name>/errors.cc) by a switch over Kind without default.
#include <string>
#include <string_view>
#include <vector>

namespace axonite {

struct Error {
  enum class Kind {
    invalid,          // the request is wrong and stays wrong
    unauthenticated,  // no, expired or unverifiable credential
    forbidden,        // known caller without the right
    not_found,
    conflict,      // the state of the target forbids it now
    precondition,  // an If-Match, lease or version condition failed
    too_large,     // a named limit was exceeded
    throttled,     // a queue or quota is full; a retry may work
    unsupported,   // a thing of the real service that is not built here; the message names it
    unavailable,   // a dependency does not answer; a retry may work
    cancelled,     // the caller or its deadline gave up
    internal,      // a bug of ours
  };

  Kind kind = Kind::internal;
  std::string code;     // the real service's code, part of the contract: "SecretNotFound"
  std::string message;  // for the client; never holds a secret or a path of this machine
  std::string target;   // the field, parameter or activity that was wrong; may be empty
  std::vector<Error> details;
  std::string log;  // for the log only; empty when the message says it all
};

std::string_view kind_name(Error::Kind kind);

// Short makers: invalid("BadParameter", "The name is too long.").
Error invalid(std::string_view code, std::string message, std::string target = {});
Error unauthenticated(std::string_view code, std::string message);
Error forbidden(std::string_view code, std::string message);
Error not_found(std::string_view code, std::string message);
Error conflict(std::string_view code, std::string message);
Error precondition_failed(std::string_view code, std::string message);
Error too_large(std::string_view code, std::string message);
Error throttled(std::string_view code, std::string message);
Error unsupported(std::string_view code, std::string message);
Error unavailable(std::string_view code, std::string message);
Error cancelled(std::string_view code, std::string message);
// `log` says what happened for whoever reads the log; the client sees a neutral sentence.
Error internal(std::string log);

}  // namespace axonite
