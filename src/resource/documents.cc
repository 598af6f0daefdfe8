#include "resource/documents.h"

#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "resource/outbox.h"
#include "store/database.h"

namespace axonite::resource {
namespace {

// `key` is the id in lower case, so that everything below an id is one range of the primary key: [key/ , key0).
// `type` is the full type in lower case; `top` marks resources right below a group, for lists over all types.
constexpr std::string_view kSchema =
    "CREATE TABLE document("
    "key TEXT PRIMARY KEY, id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, top INTEGER NOT NULL, "
    "etag TEXT NOT NULL, body TEXT NOT NULL, created_ns INTEGER NOT NULL, changed_ns INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX document_type ON document(type, key);"
    "CREATE INDEX document_name ON document(type, name);"
    "CREATE INDEX document_top ON document(top, key) WHERE top = 1;";

#define DOCUMENT_COLUMNS "id, etag, body, created_ns, changed_ns"

constexpr std::size_t kPageMax = 1000;
constexpr std::string_view kGroupType = "microsoft.resources/resourcegroups";
constexpr std::string_view kSubscriptionType = "microsoft.resources/subscriptions";

Document read_document(store::Statement& row) {
  auto id = ResourceId::parse(row.text(0));
  return {.id = id ? std::move(*id) : ResourceId(),
          .etag = std::string(row.text(1)),
          .body = std::string(row.text(2)),
          .created = from_unix_nanoseconds(row.integer(3)),
          .changed = from_unix_nanoseconds(row.integer(4))};
}

// Below `key`, in the order of the primary key: '0' follows '/'.
std::string after(const std::string& key) { return key + "/"; }
std::string until(const std::string& key) { return key + "0"; }

Result<std::optional<Document>> find(store::Connection& c, const std::string& key) {
  return c.first("SELECT " DOCUMENT_COLUMNS " FROM document WHERE key = ?1", read_document, key);
}

Error missing_group(const ResourceId& id) {
  return not_found("ResourceGroupNotFound",
                   "Resource group '" + std::string(id.resource_group()) + "' could not be found.");
}

Error missing_subscription(const ResourceId& id) {
  return not_found("SubscriptionNotFound",
                   "The subscription '" + std::string(id.subscription()) + "' could not be found.");
}

// Type and names below the group as ARM prints them: 'Microsoft.KeyVault/vaults/v1'.
std::string display(const ResourceId& id) {
  std::size_t providers = text::to_lower(id.text()).rfind("/providers/");
  return providers == std::string::npos ? std::string(id.name()) : id.text().substr(providers + 11);
}

Error missing(const ResourceId& id) {
  std::string group = id.resource_group().empty() ? "<null>" : std::string(id.resource_group());
  return not_found("ResourceNotFound", "The Resource '" + display(id) + "' under resource group '" + group +
                                           "' was not found.");
}

Result<bool> exists(store::Connection& c, const ResourceId& id) {
  TRY(auto found, c.first("SELECT 1 FROM document WHERE key = ?1", [](store::Statement&) { return true; }, id.key()));
  return found.has_value();
}

// The error that says which level is not there.
Result<void> explain_missing(store::Connection& c, const ResourceId& id) {
  TRY(bool subscription, exists(c, id.subscription_id()));
  if (!subscription) return std::unexpected(missing_subscription(id));
  if (!id.resource_group().empty()) {
    TRY(bool group, exists(c, id.group_id()));
    if (!group) return std::unexpected(missing_group(id));
  }
  return std::unexpected(missing(id));
}

Result<void> require_parent(store::Connection& c, const ResourceId& id) {
  auto parent = id.parent();
  if (!parent) return ok();
  TRY(bool there, exists(c, *parent));
  if (there) return ok();
  if (auto upper = explain_missing(c, *parent); upper.error().code != "ResourceNotFound") return upper;
  return std::unexpected(not_found("ParentResourceNotFound",
                                   "Failed to perform 'write' on resource(s) of type '" + id.type() +
                                       "', because the parent resource '" + parent->text() + "' could not be found."));
}

Result<void> check(const Condition& condition, const std::optional<Document>& current, const ResourceId& id) {
  bool holds = true;
  if (condition.if_none_match_any) holds = !current;
  if (condition.if_match) holds = holds && current && (*condition.if_match == "*" || *condition.if_match == current->etag);
  if (holds) return ok();
  return std::unexpected(precondition_failed(
      "PreconditionFailed", "The condition of the request (If-Match or If-None-Match) does not hold for '" + id.text() + "'."));
}

// What list() ranges over: the full type, and the key under which it lies.
std::pair<std::string, std::string> range_of(const ResourceId& parent, std::string_view type) {
  std::string lower = text::to_lower(type);
  if (lower.find('/') != std::string::npos) return {lower, parent.key()};
  return {text::to_lower(parent.type()) + "/" + lower, parent.key() + "/" + lower};
}

class SqliteDocuments : public Documents {
 public:
  SqliteDocuments(Clock& clock, event::Stream& events, Limits limits, std::unique_ptr<store::Database> database)
      : clock_(clock), limits_(limits), database_(std::move(database)), outbox_(*database_, events) {
    outbox_.drain();
  }

  Result<Document> get(const ResourceId& id) const override {
    return store::read<Document>(*database_, [&](store::Connection& c) -> Result<Document> {
      TRY(auto found, find(c, id.key()));
      if (found) return std::move(*found);
      CHECK_OK(explain_missing(c, id));
      return std::unexpected(missing(id));
    });
  }

  Result<Document> put(const ResourceId& id, std::string body, const Condition& condition, const Author& author) override {
    CHECK_OK(check_size(body));
    auto written = store::write<Document>(*database_, [&](store::Connection& c) -> Result<Document> {
      TRY(auto current, find(c, id.key()));
      CHECK_OK(check(condition, current, id));
      if (!current) {
        CHECK_OK(require_parent(c, id));
        CHECK_OK(check_quota(c, id));
      }
      return store_document(c, id, std::move(body), current, author);
    });
    if (written) outbox_.drain();
    return written;
  }

  Result<Document> update(const ResourceId& id, const Change& change, const Condition& condition,
                          const Author& author) override {
    auto written = store::write<Document>(*database_, [&](store::Connection& c) -> Result<Document> {
      TRY(auto current, find(c, id.key()));
      if (!current) CHECK_OK(explain_missing(c, id));
      CHECK_OK(check(condition, current, id));
      TRY(std::string body, change(*current));
      CHECK_OK(check_size(body));
      return store_document(c, id, std::move(body), current, author);
    });
    if (written) outbox_.drain();
    return written;
  }

  Result<bool> remove(const ResourceId& id, const Condition& condition, const Author& author) override {
    auto removed = store::write<bool>(*database_, [&](store::Connection& c) -> Result<bool> {
      TRY(auto current, find(c, id.key()));
      CHECK_OK(check(condition, current, id));
      if (!current) return false;
      CHECK_OK(c.execute("DELETE FROM document WHERE key > ?1 AND key < ?2", after(id.key()), until(id.key())));
      CHECK_OK(c.execute("DELETE FROM document WHERE key = ?1", id.key()));
      CHECK_OK(outbox_.add(c, id, ChangeKind::removed, author, clock_.now()));
      return true;
    });
    if (removed && *removed) outbox_.drain();
    return removed;
  }

  Result<Page> list(const ResourceId& parent, std::string_view type, std::string_view continuation,
                    std::size_t count_max) const override {
    auto [full_type, key] = range_of(parent, type);
    return page(&parent, key, continuation, count_max,
                "SELECT " DOCUMENT_COLUMNS ", key FROM document "
                "WHERE type = ?1 AND key > ?2 AND key < ?3 ORDER BY key LIMIT ?4",
                full_type);
  }

  Result<Page> list_resources(const ResourceId& scope, std::string_view continuation,
                              std::size_t count_max) const override {
    return page(&scope, scope.key(), continuation, count_max,
                "SELECT " DOCUMENT_COLUMNS ", key FROM document "
                "WHERE top = ?1 AND top = 1 AND key > ?2 AND key < ?3 ORDER BY key LIMIT ?4",
                1);
  }

  Result<Page> list_subscriptions() const override {
    return page(nullptr, "/subscriptions", {}, kPageMax,
                "SELECT " DOCUMENT_COLUMNS ", key FROM document "
                "WHERE type = ?1 AND key > ?2 AND key < ?3 ORDER BY key LIMIT ?4",
                kSubscriptionType);
  }

  Result<Document> find_by_name(std::string_view type, std::string_view name) const override {
    return store::read<Document>(*database_, [&](store::Connection& c) -> Result<Document> {
      TRY(auto found, c.first("SELECT " DOCUMENT_COLUMNS " FROM document WHERE type = ?1 AND name = ?2 LIMIT 1",
                              read_document, text::to_lower(type), text::to_lower(name)));
      if (found) return std::move(*found);
      return std::unexpected(not_found("ResourceNotFound", "The resource '" + std::string(name) + "' of type '" +
                                                               std::string(type) + "' was not found."));
    });
  }

 private:
  Result<void> check_size(const std::string& body) const {
    if (body.size() <= limits_.body_bytes_max) return ok();
    return std::unexpected(too_large("RequestEntityTooLarge", "The resource is larger than " +
                                                                  std::to_string(limits_.body_bytes_max) + " bytes."));
  }

  // Counted only when something new is made, over an index and never further than the limit.
  Result<void> check_quota(store::Connection& c, const ResourceId& id) const {
    auto parent = id.parent();
    if (!parent) return ok();
    TRY(auto full, c.first("SELECT 1 FROM document WHERE type = ?1 AND key > ?2 AND key < ?3 LIMIT 1 OFFSET ?4",
                           [](store::Statement&) { return true; }, text::to_lower(id.type()), after(parent->key()),
                           until(parent->key()), limits_.children_max - 1));
    if (!full) return ok();
    return std::unexpected(conflict("QuotaExceeded", "'" + parent->text() + "' holds " +
                                                         std::to_string(limits_.children_max) + " resources of type '" +
                                                         id.type() + "' already, which is the limit."));
  }

  Result<Document> store_document(store::Connection& c, const ResourceId& id, std::string body,
                                  const std::optional<Document>& current, const Author& author) {
    Time now = clock_.now();
    Document document{.id = current ? current->id : id,
                      .etag = new_uuid(),
                      .body = std::move(body),
                      .created = current ? current->created : now,
                      .changed = now};
    std::string type = text::to_lower(id.type());
    auto parent = id.parent();
    bool is_top = parent && text::equals_ignoring_case(parent->type(), kGroupType) && !id.provider().empty();
    CHECK_OK(c.execute("INSERT INTO document(key, id, type, name, top, etag, body, created_ns, changed_ns) "
                       "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(key) DO UPDATE SET "
                       "etag = excluded.etag, body = excluded.body, changed_ns = excluded.changed_ns",
                       id.key(), document.id.text(), type, text::to_lower(id.name()), is_top ? 1 : 0, document.etag,
                       document.body, to_unix_nanoseconds(document.created), to_unix_nanoseconds(now)));
    CHECK_OK(outbox_.add(c, document.id, current ? ChangeKind::updated : ChangeKind::created, author, now));
    return document;
  }

  // `continuation` is the key of the last document of the page before; one outside the range is refused.
  template <class First>
  Result<Page> page(const ResourceId* must_exist, const std::string& key, std::string_view continuation,
                    std::size_t count_max, std::string_view sql, const First& first) const {
    std::string from = after(key);
    if (!continuation.empty()) {
      auto decoded = text::base64url_decode(continuation);
      if (!decoded || !decoded->starts_with(from))
        return std::unexpected(invalid("InvalidSkipToken", "The continuation token is not one of this list."));
      from = *decoded;
    }
    count_max = std::clamp<std::size_t>(count_max, 1, kPageMax);
    Page page;
    std::string last;
    bool more = false;
    CHECK_OK(database_->read([&](store::Connection& c) -> Result<void> {
      if (must_exist) {
        TRY(bool there, exists(c, *must_exist));
        if (!there) return explain_missing(c, *must_exist);
      }
      auto keep = [&](store::Statement& row) {
        if (page.documents.size() == count_max) {
          more = true;
          return;
        }
        page.documents.push_back(read_document(row));
        last = row.text(5);
      };
      return c.each(sql, keep, first, from, until(key), count_max + 1);
    }));
    if (more) page.continuation = text::base64url_encode(last);
    return page;
  }

  Clock& clock_;
  const Limits limits_;
  std::unique_ptr<store::Database> database_;
  Outbox outbox_;
};

}  // namespace

Result<std::unique_ptr<Documents>> Documents::open(const std::filesystem::path& file, event::Stream& events, Clock& clock,
                                                   Limits limits) {
  static const std::string schema = std::string(kSchema) + std::string(kOutboxSchema);
  std::string_view migrations[] = {schema};
  TRY(auto database, store::Database::open(file, migrations));
  return std::make_unique<SqliteDocuments>(clock, events, limits, std::move(database));
}

}  // namespace axonite::resource
