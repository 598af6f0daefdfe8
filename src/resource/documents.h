#pragma once
// The document store for ARM resources and for the artifacts of factories and workspaces (pipelines, datasets,
// linked services, notebooks, …), which are child resources: factories/f/pipelines/p. One mechanism for etags,
// conditions, paging and events; what a document means belongs to its service.
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "event/stream.h"
#include "identity/principal.h"
#include "resource/resource_id.h"

namespace axonite::resource {

struct Document {
  ResourceId id;
  std::string etag;  // a new one per write, without quotes
  std::string body;  // JSON without id, name, type, etag: the service adds those when it answers
  Time created{};
  Time changed{};
};

// If-Match / If-None-Match of a write.
struct Condition {
  std::optional<std::string> if_match;  // "*" = must exist
  bool if_none_match_any = false;       // must not exist
};

// Who changed what. Every change appends an event of the category "administrative", recorded in the change's own
// transaction and so neither lost nor doubled by a crash (event/administrative.h has its shape).
// An empty operation appends none: bookkeeping of the server, such as a provisioning state.
struct Author {
  identity::Principal principal;
  std::string operation;  // "Microsoft.KeyVault/vaults/write"
  std::string correlation_id;
};

struct Page {
  std::vector<Document> documents;
  std::string continuation;  // empty on the last page
};

struct Limits {
  std::size_t body_bytes_max = 8u << 20;  // too_large("RequestEntityTooLarge")
  std::size_t children_max = 5'000;       // of one type below one parent, as a factory's; conflict("QuotaExceeded")
};

class Documents {
 public:
  static Result<std::unique_ptr<Documents>> open(const std::filesystem::path& file, event::Stream& events,
                                                 Clock& clock, Limits limits);
  static Result<std::unique_ptr<Documents>> open(const std::filesystem::path& file, event::Stream& events,
                                                 Clock& clock) {
    return open(file, events, clock, Limits{});
  }
  virtual ~Documents() = default;

  // not_found("ResourceNotFound" | "ResourceGroupNotFound" | "SubscriptionNotFound").
  virtual Result<Document> get(const ResourceId& id) const = 0;
  // The parent must exist (not_found("ParentResourceNotFound" | "ResourceGroupNotFound")).
  // precondition("PreconditionFailed") when the condition does not hold.
  virtual Result<Document> put(const ResourceId& id, std::string body, const Condition& condition, const Author& author) = 0;
  // Reads, lets `change` make the new body, and writes, with no write in between. `change` runs on the writer thread:
  // it computes and calls nothing that writes. Errors of `change` come back and nothing is changed.
  using Change = std::function<Result<std::string>(const Document&)>;
  virtual Result<Document> update(const ResourceId& id, const Change& change, const Condition& condition,
                                  const Author& author) = 0;
  // With all documents below it. Returns whether it was there.
  virtual Result<bool> remove(const ResourceId& id, const Condition& condition, const Author& author) = 0;
  // Direct children of `parent` of one type, by name; `type` is the last segment ("pipelines") or, under a resource
  // group or subscription, the full type ("Microsoft.KeyVault/vaults") at any depth of groups.
  virtual Result<Page> list(const ResourceId& parent, std::string_view type, std::string_view continuation = {},
                            std::size_t count_max = 100) const = 0;
  // Resources right below a resource group, or below all groups of a subscription, of every type, by id.
  virtual Result<Page> list_resources(const ResourceId& scope, std::string_view continuation = {},
                                      std::size_t count_max = 100) const = 0;
  // All subscriptions.
  virtual Result<Page> list_subscriptions() const = 0;
  // The one document of a type with this name whatever its group; for hosts: "kv1.vault.azure.net" → vault "kv1".
  virtual Result<Document> find_by_name(std::string_view type, std::string_view name) const = 0;
};

}  // namespace axonite::resource
