#include "pipeline/activity.h"

#include <boost/json.hpp>

namespace axonite::pipeline {

ActivityResult succeeded(json::Value output) {
  return {.output = std::make_shared<const json::Value>(std::move(output))};
}

ActivityResult failed(std::string code, std::string message) {
  ActivityResult result{.outcome = Outcome::failed};
  result.error = ActivityError{std::move(code), std::move(message), "UserError", ""};
  return result;
}

ActivityResult failed(const Error& error) {
  ActivityResult result = failed(error.code, error.message);
  if (error.kind == Error::Kind::cancelled) result.outcome = Outcome::cancelled;
  if (error.kind == Error::Kind::internal || error.kind == Error::Kind::unavailable)
    result.error->failure_type = "SystemError";
  return result;
}

}  // namespace axonite::pipeline
