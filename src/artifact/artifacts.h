#pragma once
// Artifacts as documents below their factory or workspace: names, references between them, secrets sealed, triggers
// stopped before they change. What a pipeline's activities must look like is checked by who runs them.
#include <functional>

#include "artifact/kind.h"
#include "base/json.h"
#include "linked_service/sealing.h"
#include "resource/documents.h"

namespace axonite::artifact {

// Looks at the properties of a definition of one kind before it is stored. Errors: invalid("BadRequest"), …
using Check = std::function<Result<void>(const Kind&, std::string_view name, const json::Value& properties)>;

class Artifacts {
 public:
  // `check` may be empty.
  Artifacts(resource::Documents& documents, const linked_service::Sealer& sealer, Check check)
      : documents_(documents), sealer_(sealer), check_(std::move(check)) {}

  // `definition` is {"properties":{…}}; other members (name, id, type, etag) are not looked at.
  // Errors: invalid("BadRequest") for a bad name, shape or reference; invalid("TriggerEnabledCannotUpdate").
  Result<resource::Document> put(const resource::ResourceId& owner, const Kind& kind, std::string_view name,
                                 const json::Value& definition, const resource::Condition& condition,
                                 const resource::Author& author);
  // Errors: not_found("ResourceNotFound" | "ParentResourceNotFound"). Secrets are sealed in it: see shape().
  Result<resource::Document> get(const resource::ResourceId& owner, const Kind& kind, std::string_view name) const;
  // False when it was not there. Errors: invalid("BadRequest") while others refer to it.
  Result<bool> remove(const resource::ResourceId& owner, const Kind& kind, std::string_view name,
                      const resource::Condition& condition, const resource::Author& author);
  // Errors: conflict("Conflict") when the new name is taken; and those of put and remove.
  Result<resource::Document> rename(const resource::ResourceId& owner, const Kind& kind, std::string_view name,
                                    std::string_view new_name, const resource::Author& author);
  // Whether a trigger runs; only who runs it says so. `state` is "Started" or "Stopped".
  Result<resource::Document> set_trigger_state(const resource::ResourceId& owner, std::string_view name, std::string_view state,
                                               const resource::Author& author);
  // Told after a trigger was removed.
  void on_trigger_removed(std::function<void(const resource::ResourceId& owner, std::string_view name)> listener) {
    trigger_removed_ = std::move(listener);
  }
  // The definition as it is answered, without id, name and type: {"properties":{…}} with secrets masked.
  static Result<json::Value> shape(const resource::Document& document);

 private:
  Result<void> check_references(const resource::ResourceId& owner, const Kind& kind, std::string_view name,
                                const json::Value& properties) const;
  Result<void> check_unreferenced(const resource::ResourceId& owner, const Kind& kind, std::string_view name) const;
  Result<json::Value> prepare_trigger(const json::Value* before, json::Value properties) const;

  resource::Documents& documents_;
  const linked_service::Sealer& sealer_;
  Check check_;
  std::function<void(const resource::ResourceId&, std::string_view)> trigger_removed_;
};

}  // namespace axonite::artifact
