#include "delta/transaction.h"

#include <boost/json.hpp>

#include <algorithm>
#include <set>

#include "base/id.h"
#include "base/json.h"
#include "delta/action_json.h"

namespace axonite::delta {
namespace {

template <class T>
bool has(const std::vector<Action>& actions) {
  return std::ranges::any_of(actions, [](const Action& action) { return std::holds_alternative<T>(action); });
}

template <class T>
std::vector<const T*> all(const std::vector<Action>& actions) {
  std::vector<const T*> found;
  for (const Action& action : actions)
    if (const T* one = std::get_if<T>(&action)) found.push_back(one);
  return found;
}

std::optional<Error> lost(std::string_view code, std::string message) { return conflict(code, std::move(message)); }

bool same_application(const std::vector<Action>& ours, const std::vector<Action>& winner) {
  std::set<std::string> applications;
  for (const Txn* txn : all<Txn>(ours)) applications.insert(txn->app_id);
  return std::ranges::any_of(all<Txn>(winner), [&](const Txn* txn) { return applications.contains(txn->app_id); });
}

bool same_removal(const std::vector<Action>& ours, const std::vector<Action>& winner) {
  std::set<std::string> removed;
  for (const Remove* remove : all<Remove>(ours)) removed.insert(remove->path);
  return std::ranges::any_of(all<Remove>(winner), [&](const Remove* remove) { return removed.contains(remove->path); });
}

// commitInfo goes first, as in-commit timestamps would need it there, and tells readers what happened.
std::string commit_text(const Transaction& transaction, Time now) {
  auto parameters = json::parse(transaction.operation_parameters.empty() ? "{}" : transaction.operation_parameters);
  json::Object info{{"timestamp", to_unix_nanoseconds(now) / 1'000'000},
                    {"operation", transaction.operation},
                    {"operationParameters", parameters ? std::move(*parameters) : json::Value(json::Object{})},
                    {"isolationLevel", "Serializable"},
                    {"isBlindAppend", transaction.blind_append},
                    {"engineInfo", "Axonite"},
                    {"txnId", new_uuid()}};
  if (transaction.read_version >= 0) info["readVersion"] = transaction.read_version;
  return write_action(CommitInfo{json::write(info)}) + "\n" + write_commit(transaction.actions);
}

// Checks every commit from `next` on; returns the first free version after them.
Result<std::int64_t> pass_winners(const Log& log, const Transaction& transaction, std::int64_t next) {
  while (true) {
    auto text = log.read_commit(next);
    if (!text && text.error().kind == Error::Kind::not_found) return next;
    if (!text) return std::unexpected(std::move(text.error()));
    TRY(auto winner, parse_commit(*text));
    if (auto reason = conflict_with(transaction, winner)) return std::unexpected(std::move(*reason));
    ++next;
  }
}

}  // namespace

std::optional<Error> conflict_with(const Transaction& ours, const std::vector<Action>& winner) {
  if (has<Protocol>(winner)) return lost("ProtocolChangedException", "The protocol of the table was changed by a concurrent update.");
  if (has<Metadata>(winner)) return lost("MetadataChangedException", "The metadata of the table was changed by a concurrent update.");
  if (same_application(ours.actions, winner))
    return lost("ConcurrentTransactionException", "The same application wrote to the table in a concurrent update.");
  bool winner_adds = std::ranges::any_of(all<Add>(winner), [](const Add* add) { return add->data_change; });
  bool winner_removes = has<Remove>(winner);
  if (has<Metadata>(ours.actions) && ours.read_version >= 0 && (winner_adds || winner_removes))
    return lost("MetadataChangedException", "The table was changed while its metadata was being changed.");
  if (ours.blind_append) return std::nullopt;
  if (same_removal(ours.actions, winner))
    return lost("ConcurrentDeleteDeleteException", "A concurrent update removed files that this one removes too.");
  if (winner_removes) return lost("ConcurrentDeleteReadException", "A concurrent update removed files that this one read.");
  if (winner_adds) return lost("ConcurrentAppendException", "Files were added to the table by a concurrent update.");
  return std::nullopt;
}

Result<Committed> commit(Log& log, Transaction transaction, Clock& clock, int attempts_max) {
  std::int64_t version = transaction.read_version + 1;
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    auto outcome = log.put_commit(version, commit_text(transaction, clock.now()));
    if (outcome) return Committed{version, attempt};
    if (outcome.error().code != "DeltaVersionExists") return std::unexpected(std::move(outcome.error()));
    TRY(version, pass_winners(log, transaction, version));
  }
  return std::unexpected(throttled("DeltaTooManyConflicts", "Too many writers commit to the table at once; try again."));
}

}  // namespace axonite::delta
