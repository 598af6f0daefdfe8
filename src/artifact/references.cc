#include "artifact/references.h"

#include <algorithm>
#include <boost/json.hpp>
#include <functional>

#include "base/text.h"

namespace axonite::artifact {
namespace {

constexpr const Kind* kKinds[] = {&kLinkedService, &kDataset,    &kPipeline,  &kTrigger,   &kDataFlow,
                                  &kIntegrationRuntime, &kCredential, &kNotebook, &kSqlScript, &kSparkJobDefinition};

const Kind* kind_of(std::string_view reference) {
  auto found = std::ranges::find_if(kKinds, [&](const Kind* kind) { return kind->reference == reference; });
  return found == std::end(kKinds) ? nullptr : *found;
}

// Calls `visit(kind, name)` for each; stops when it returns true.
bool any_reference(const json::Value& value, const std::function<bool(const Kind&, std::string_view)>& visit) {
  if (const json::Array* array = value.if_array())
    return std::ranges::any_of(*array, [&](const json::Value& element) { return any_reference(element, visit); });
  const json::Object* object = value.if_object();
  if (!object) return false;
  const json::Value* name = object->if_contains("referenceName");
  const json::Value* type = object->if_contains("type");
  if (name && name->is_string() && type && type->is_string() && !std::string_view(name->get_string()).starts_with('@'))
    if (const Kind* kind = kind_of(std::string_view(type->get_string())))
      if (visit(*kind, std::string_view(name->get_string()))) return true;
  return std::ranges::any_of(*object, [&](const auto& member) { return any_reference(member.value(), visit); });
}

}  // namespace

std::span<const Kind* const> kinds() { return kKinds; }

std::vector<Reference> references_of(const json::Value& definition) {
  std::vector<Reference> found;
  any_reference(definition, [&](const Kind& kind, std::string_view name) {
    auto same = [&](const Reference& other) { return other.kind == &kind && other.name == name; };
    if (std::ranges::none_of(found, same)) found.push_back({&kind, std::string(name)});
    return false;
  });
  return found;
}

bool refers_to(const json::Value& definition, const Kind& kind, std::string_view name) {
  return any_reference(definition, [&](const Kind& other, std::string_view other_name) {
    return &other == &kind && text::equals_ignoring_case(other_name, name);
  });
}

}  // namespace axonite::artifact
