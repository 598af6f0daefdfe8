#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace axonite::resource {

// An ARM resource id: /subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}/{type}/{name}…
// (also the shorter forms of a subscription or a resource group). Compares without case; keeps the case it was
// given in.
class ResourceId {
 public:
  // The path is percent-decoded already. The last "providers" counts: an extension such as
  // {vault}/providers/Microsoft.Insights/diagnosticSettings/d has the vault as its parent.
  // invalid("InvalidResourceId") for anything that is not such a path. A trailing slash is dropped.
  static Result<ResourceId> parse(std::string_view path);

  const std::string& text() const { return text_; }
  // Lower case; the key of stores.
  const std::string& key() const { return key_; }
  std::string_view subscription() const { return subscription_; }
  std::string_view resource_group() const { return resource_group_; }  // empty for a subscription
  std::string_view provider() const { return provider_; }              // "Microsoft.KeyVault"
  // "Microsoft.KeyVault/vaults", "Microsoft.Resources/resourceGroups", "Microsoft.Resources/subscriptions".
  const std::string& type() const { return type_; }
  std::string_view name() const { return name_; }
  // The resource one level up; nothing above a subscription.
  std::optional<ResourceId> parent() const;
  ResourceId child(std::string_view type, std::string_view name) const;
  // Whether `other` is this resource or lies below it.
  bool covers(const ResourceId& other) const;
  // The resource group's or subscription's id.
  ResourceId group_id() const;
  ResourceId subscription_id() const;

  friend bool operator==(const ResourceId& a, const ResourceId& b) { return a.key_ == b.key_; }

 private:
  std::string text_, key_, subscription_, resource_group_, provider_, type_, name_;
};

}  // namespace axonite::resource
