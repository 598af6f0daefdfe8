#pragma once
// The part of OData's $filter that ARM's resource lists take: comparisons with eq, joined by and.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "resource/resource_id.h"

namespace axonite::service::resource_manager {

class Filter {
 public:
  // resourceType, name, location, resourceGroup, tagName, tagValue. invalid("InvalidFilterInQueryString") for the rest.
  static Result<Filter> parse(std::string_view text);
  bool matches(const resource::ResourceId& id, const json::Value& body) const;
  // Empty when any type will do.
  std::string_view resource_type() const { return value_of("resourceType"); }

 private:
  std::string_view value_of(std::string_view field) const;
  std::vector<std::pair<std::string, std::string>> equals_;
};

}  // namespace axonite::service::resource_manager
