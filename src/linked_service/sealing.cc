#include "linked_service/sealing.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"

namespace axonite::linked_service {
namespace {

constexpr std::string_view kSealed = "$sealed";
constexpr std::string_view kSecretNames[] = {"password",         "accountKey",   "sasUri",      "sasToken",   "servicePrincipalKey",
                                             "servicePrincipalCredential", "accessToken", "apiKey", "functionKey", "secretAccessKey",
                                             "clientSecret",     "credString",   "encryptedCredential", "privateKeyContent", "passPhrase"};
constexpr std::string_view kTellTales[] = {"password=", "pwd=", "accountkey=", "sharedaccesssignature=", "sharedaccesskey=", "secret="};

bool is_expression(std::string_view text) { return text.starts_with('@') && !text.starts_with("@@"); }

bool names_a_secret(std::string_view name, std::string_view value) {
  auto same = [&](std::string_view other) { return text::equals_ignoring_case(name, other); };
  if (std::ranges::any_of(kSecretNames, same)) return true;
  if (!text::equals_ignoring_case(name, "connectionString")) return false;
  // "Password = x" has blanks around the sign.
  std::string lower = text::to_lower(text::replace_all(std::string(value), " ", ""));
  return std::ranges::any_of(kTellTales, [&](std::string_view sign) { return lower.find(sign) != std::string::npos; });
}

bool is_secure_string(const json::Value& value) {
  const json::Value* type = json::find(value, "type");
  return type && type->is_string() && std::string_view(type->get_string()) == "SecureString";
}

bool is_sealed(const json::Value& value) { return json::find(value, kSealed) != nullptr; }

// What was sealed at this place before, for a value that is the mask; a mask over nothing is refused, or the mask
// itself would become the password.
Result<json::Value> sealed_before(const json::Value* before) {
  if (before && is_sealed(*before)) return *before;
  return std::unexpected(invalid("BadRequest", "A secret is given as '**********', but there is none stored to keep."));
}

Result<json::Value> seal_text(std::string_view value, bool secure_string, const json::Value* before, const Sealer& sealer) {
  if (value == kMask) return sealed_before(before);
  TRY(std::string sealed, sealer.seal(Secret(std::string(value))));
  json::Object object;
  if (secure_string) object["type"] = "SecureString";
  object[kSealed] = std::move(sealed);
  return object;
}

// The same element of an array in what was stored: by name where there are names, else by place.
const json::Value* element_before(const json::Value* before, const json::Value& element, std::size_t index) {
  if (!before || !before->is_array()) return nullptr;
  std::string name = json::string_or(element, "name");
  if (!name.empty()) {
    for (const json::Value& other : before->get_array())
      if (json::string_or(other, "name") == name) return &other;
    return nullptr;
  }
  return index < before->get_array().size() ? &before->get_array()[index] : nullptr;
}

Result<void> seal_member(std::string_view name, json::Value& value, const json::Value* before, const Sealer& sealer) {
  if (is_secure_string(value)) {
    const json::Value* text = json::find(value, "value");
    // A parameter of this type carries its secret as a default value.
    if (json::Value* fallback = value.get_object().if_contains("defaultValue"); fallback && fallback->is_string())
      return seal_member("password", *fallback, before ? json::find(*before, "defaultValue") : nullptr, sealer);
    if (!text || !text->is_string()) return ok();  // an expression as an object
    if (is_expression(std::string_view(text->get_string()))) return ok();
    TRY(value, seal_text(std::string_view(text->get_string()), true, before, sealer));
    return ok();
  }
  if (value.is_string() && !is_expression(std::string_view(value.get_string())) &&
      (names_a_secret(name, std::string_view(value.get_string())) || std::string_view(value.get_string()) == kMask)) {
    TRY(value, seal_text(std::string_view(value.get_string()), false, before, sealer));
    return ok();
  }
  return seal_secrets(value, before, sealer);
}

}  // namespace

Result<void> seal_secrets(json::Value& definition, const json::Value* before, const Sealer& sealer) {
  if (json::Object* object = definition.if_object()) {
    // A client must not hand in what only we make: it could move a sealed secret to a place where it is shown.
    if (object->contains(kSealed)) return std::unexpected(invalid("BadRequest", "The property '$sealed' is reserved."));
    for (auto& member : *object)
      CHECK_OK(seal_member(member.key(), member.value(), before ? json::find(*before, member.key()) : nullptr, sealer));
  } else if (json::Array* array = definition.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      CHECK_OK(seal_member({}, (*array)[i], element_before(before, (*array)[i], i), sealer));
  }
  return ok();
}

void mask_secrets(json::Value& definition) {
  if (is_sealed(definition)) {
    if (is_secure_string(definition)) definition = json::Object{{"type", "SecureString"}, {"value", kMask}};
    else definition = kMask;
  } else if (json::Object* object = definition.if_object()) {
    for (auto& member : *object) mask_secrets(member.value());
  } else if (json::Array* array = definition.if_array()) {
    for (json::Value& element : *array) mask_secrets(element);
  }
}

Result<void> unseal_secrets(json::Value& definition, const Sealer& sealer) {
  if (is_sealed(definition)) {
    TRY(Secret secret, sealer.unseal(json::string_or(definition, kSealed)));
    if (is_secure_string(definition)) definition = json::Object{{"type", "SecureString"}, {"value", secret.reveal()}};
    else definition = secret.reveal();
  } else if (json::Object* object = definition.if_object()) {
    for (auto& member : *object) CHECK_OK(unseal_secrets(member.value(), sealer));
  } else if (json::Array* array = definition.if_array()) {
    for (json::Value& element : *array) CHECK_OK(unseal_secrets(element, sealer));
  }
  return ok();
}

}  // namespace axonite::linked_service
