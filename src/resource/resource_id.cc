#include "resource/resource_id.h"

#include <algorithm>

#include "base/text.h"

namespace axonite::resource {
namespace {

constexpr std::size_t kTextBytesMax = 2048;
constexpr std::size_t kSegmentBytesMax = 260;

bool is_segment(std::string_view segment) {
  return !segment.empty() && segment.size() <= kSegmentBytesMax &&
         std::none_of(segment.begin(), segment.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

Error bad(std::string_view path) {
  return invalid("InvalidResourceId", "'" + std::string(path.substr(0, 200)) + "' is not a resource id.");
}

}  // namespace

Result<ResourceId> ResourceId::parse(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.size() > kTextBytesMax || !path.starts_with('/') || !text::is_valid_utf8(path))
    return std::unexpected(bad(path));
  std::vector<std::string_view> parts = text::split(path.substr(1), '/');
  auto is = [&](std::size_t i, std::string_view word) {
    return i < parts.size() && text::equals_ignoring_case(parts[i], word);
  };
  if (!is(0, "subscriptions") || parts.size() % 2 != 0 || !std::all_of(parts.begin(), parts.end(), is_segment))
    return std::unexpected(bad(path));

  ResourceId id;
  id.text_ = path;
  id.key_ = text::to_lower(path);
  id.subscription_ = parts[1];
  id.name_ = parts.back();
  id.type_ = "Microsoft.Resources/subscriptions";
  if (parts.size() == 2) return id;

  std::size_t at = 2;
  if (is(at, "resourceGroups")) {
    id.resource_group_ = parts[3];
    id.type_ = "Microsoft.Resources/resourceGroups";
    at = 4;
    if (parts.size() == at) return id;
  }
  // Pairs from here; "providers/{namespace}" starts a type anew and at least one type/name pair follows it.
  if (!is(at, "providers")) return std::unexpected(bad(path));
  for (; at < parts.size(); at += 2) {
    if (is(at, "providers")) {
      if (at + 2 >= parts.size()) return std::unexpected(bad(path));
      id.provider_ = parts[at + 1];
      id.type_ = id.provider_;
    } else {
      id.type_ += "/" + std::string(parts[at]);
    }
  }
  return id;
}

std::optional<ResourceId> ResourceId::parent() const {
  std::string_view up = text_;
  auto drop = [&](int segments) {
    while (segments-- > 0) up = up.substr(0, up.rfind('/'));
  };
  drop(2);
  if (up.empty()) return std::nullopt;
  // A first-level type leaves "…/providers/{namespace}" behind.
  std::string_view without_namespace = up.substr(0, up.rfind('/'));
  if (text::ends_with_ignoring_case(without_namespace, "/providers")) drop(2);
  auto parsed = parse(up);
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

ResourceId ResourceId::child(std::string_view type, std::string_view name) const {
  // Names come from documents or from parsed paths; one that cannot be in a path leaves an id that matches nothing.
  std::string text = text_ + "/" + std::string(type) + "/" + std::string(name);
  if (auto parsed = parse(text)) return std::move(*parsed);
  ResourceId id = *this;
  id.text_ = text;
  id.key_ = text::to_lower(text);
  id.type_ += "/" + std::string(type);
  id.name_ = name;
  return id;
}

bool ResourceId::covers(const ResourceId& other) const {
  return other.key_.starts_with(key_) && (other.key_.size() == key_.size() || other.key_[key_.size()] == '/');
}

ResourceId ResourceId::group_id() const {
  if (resource_group_.empty()) return subscription_id();
  ResourceId id;
  // The text keeps the spelling it was given in: "/subscriptions/{s}/resourceGroups/{g}".
  std::size_t end = 0;
  for (int slash = 0; slash < 5 && end != std::string::npos; ++slash) end = text_.find('/', end + (slash > 0));
  id.text_ = text_.substr(0, end);
  id.key_ = text::to_lower(id.text_);
  id.subscription_ = subscription_;
  id.resource_group_ = resource_group_;
  id.type_ = "Microsoft.Resources/resourceGroups";
  id.name_ = resource_group_;
  return id;
}

ResourceId ResourceId::subscription_id() const {
  ResourceId id;
  id.text_ = "/subscriptions/" + subscription_;
  id.key_ = text::to_lower(id.text_);
  id.subscription_ = subscription_;
  id.type_ = "Microsoft.Resources/subscriptions";
  id.name_ = subscription_;
  return id;
}

}  // namespace axonite::resource
