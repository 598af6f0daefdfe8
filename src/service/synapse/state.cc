#include <boost/json.hpp>

#include "base/json.h"
#include "service/synapse/handlers.h"

namespace axonite::service::synapse {

Result<resource::Document> set_properties(resource::Documents& documents, const resource::ResourceId& id,
                                          const json::Object& members) {
  auto change = [&](const resource::Document& current) -> Result<std::string> {
    TRY(json::Value body, arm::body_of(current));
    json::Value& properties = body.get_object()["properties"];
    if (!properties.is_object()) properties = json::Object{};
    for (const auto& member : members) properties.get_object()[member.key()] = member.value();
    return json::write(body);
  };
  return documents.update(id, change, {}, {});
}

Answer began(front::Call& call, int status, const resource::Document& document, std::string_view operation_id) {
  TRY(auto response, arm::resource_response(status, document));
  TRY(json::Value body, arm::body_of(document));
  arm::add_operation_headers(response, call, operation_id, kProvider, json::string_or(body, "location"));
  return response;
}

Error validation_failed(std::string_view what, std::string message) {
  Error error = invalid("ValidationFailed", std::string(what) + " request validation failed, check error details for more information");
  error.details.push_back(invalid("InvalidRequest", std::move(message)));
  return error;
}

}  // namespace axonite::service::synapse
