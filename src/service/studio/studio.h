#pragma once
// What the server says of itself on its own local address: a status page for people, the same as JSON for tools.
// Nothing here is secret and nothing changes anything, so nobody has to log in.
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "front/front.h"
#include "front/operation.h"

namespace axonite::service::studio {

struct Rooms {
  std::function<std::vector<front::CallCount>()> calls;
  std::function<std::vector<std::string>()> operations;
  std::vector<std::pair<std::string, std::string>> endpoints;  // "front" → "http://127.0.0.1:8080"
  Time started{};
  Clock& clock;
};

// GET / (HTML), /axonite/health, /axonite/calls, /axonite/operations. `rooms` outlives the service.
front::Service make_service(Rooms& rooms);

}  // namespace axonite::service::studio
