#include <algorithm>
#include <mutex>

#include "base/id.h"
#include "base/text.h"
#include "lake/state.h"

namespace axonite::lake {
namespace {

Error no_account(std::string_view name) {
  return not_found("AccountNotFound", "The storage account '" + std::string(name.substr(0, 24)) + "' does not exist.");
}

}  // namespace

Result<Account> Lake::create_account(std::string_view name, std::string_view resource_id, bool is_hierarchical) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.size() < 3 || name.size() > 24 || !std::ranges::all_of(name, fits))
    return std::unexpected(invalid("AccountNameInvalid", std::string(name.substr(0, 64)) +
                                       " is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use "
                                       "numbers and lower-case letters only."));
  std::unique_lock lock(state_->accounts_mutex);
  if (auto found = state_->accounts.find(name); found != state_->accounts.end()) {
    if (text::equals_ignoring_case(found->second->resource_id, resource_id)) return *found->second;
    return std::unexpected(conflict("StorageAccountAlreadyTaken", "The storage account named " + std::string(name) + " is already taken."));
  }
  std::string seeds[] = {AccountKeys::new_seed(), AccountKeys::new_seed()};
  Secret keys[] = {state_->account_keys.derive(name, seeds[0]), state_->account_keys.derive(name, seeds[1])};
  Account account{std::string(name), std::string(resource_id), is_hierarchical, {keys[0], keys[1]}, state_->clock.now()};
  CHECK_OK(state_->database->write([&](store::Connection& c) {
    return c.execute("INSERT INTO accounts(name, resource_id, hierarchical, seed1, seed2, created) VALUES(?1,?2,?3,?4,?5,?6)", account.name,
                     account.resource_id, account.is_hierarchical, seeds[0], seeds[1], to_unix_nanoseconds(account.created));
  }));
  state_->accounts.emplace(account.name, std::make_shared<const Account>(account));
  return account;
}

Result<std::shared_ptr<const Account>> Lake::account(std::string_view name) const {
  std::shared_lock lock(state_->accounts_mutex);
  auto found = state_->accounts.find(name);
  if (found == state_->accounts.end()) return std::unexpected(no_account(name));
  return found->second;
}

Result<Account> Lake::regenerate_key(std::string_view name, int index) {
  std::unique_lock lock(state_->accounts_mutex);
  auto found = state_->accounts.find(name);
  if (found == state_->accounts.end()) return std::unexpected(no_account(name));
  std::string seed = AccountKeys::new_seed();
  CHECK_OK(state_->database->write([&](store::Connection& c) {
    return index == 0 ? c.execute("UPDATE accounts SET seed1 = ?2 WHERE name = ?1", name, seed)
                      : c.execute("UPDATE accounts SET seed2 = ?2 WHERE name = ?1", name, seed);
  }));
  Account account = *found->second;
  account.keys[index == 0 ? 0 : 1] = state_->account_keys.derive(name, seed);
  found->second = std::make_shared<const Account>(account);
  return account;
}

Result<void> Lake::remove_account(std::string_view name) {
  {
    std::unique_lock lock(state_->accounts_mutex);
    auto found = state_->accounts.find(name);
    if (found == state_->accounts.end()) return ok();
    SnapshotCache::Change announced(state_->cache, {});
    CHECK_OK(state_->database->write([&](store::Connection& c) -> Result<void> {
      CHECK_OK(c.execute("DELETE FROM accounts WHERE name = ?1", name));
      // '0' follows '/' in ASCII: all roots of the account.
      return c.execute("UPDATE nodes SET parent = ?3, name = lower(hex(randomblob(16))) WHERE parent = 0 AND name >= ?1 AND name < ?2",
                       std::string(name) + "/", std::string(name) + "0", tables::kTrash);
    }));
    state_->accounts.erase(found);
  }
  return state_->purge();
}

}  // namespace axonite::lake
