#pragma once
#include <memory>

#include "protocol/spark_connect/sessions.h"

namespace grpc {
class Service;
}

namespace axonite::protocol::spark_connect {

std::unique_ptr<grpc::Service> make_service(Sessions& sessions, const identity::TokenVerifier& verifier, const Limits& limits);

}  // namespace axonite::protocol::spark_connect
