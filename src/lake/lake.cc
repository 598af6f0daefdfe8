#include <unordered_set>

#include "base/log.h"
#include "base/text.h"
#include "lake/state.h"

namespace axonite::lake {
namespace {

constexpr std::size_t kPathBytesMax = 4096, kPartsMax = 250;
constexpr std::int64_t kUnixEpochTicks = 621'355'968'000'000'000;  // 100 ns since 0001-01-01, as .NET counts

Result<void> sweep_orphans(Lake::State& state) {
  std::unordered_set<std::string> named;
  CHECK_OK(state.database->read([&](store::Connection& c) -> Result<void> {
    return c.each("SELECT file FROM chunks WHERE file IS NOT NULL", [&](store::Statement& row) { named.emplace(row.text(0)); });
  }));
  TRY(std::size_t swept, state.content.sweep([&](const std::string& file) { return named.contains(file); }));
  if (swept > 0) log::info("lake", "swept " + std::to_string(swept) + " content files that no path names");
  return ok();
}

Result<void> load_accounts(Lake::State& state) {
  return state.database->read([&](store::Connection& c) -> Result<void> {
    return c.each("SELECT name, resource_id, hierarchical, seed1, seed2, created FROM accounts", [&](store::Statement& row) {
      std::string name(row.text(0));
      Secret keys[] = {state.account_keys.derive(name, row.text(3)), state.account_keys.derive(name, row.text(4))};
      Account account{name, std::string(row.text(1)), row.integer(2) != 0, {keys[0], keys[1]}, from_unix_nanoseconds(row.integer(5))};
      state.accounts.emplace(name, std::make_shared<const Account>(std::move(account)));
    });
  });
}

}  // namespace

Lake::Lake(std::unique_ptr<State> state) : state_(std::move(state)) {}
Lake::~Lake() = default;

Result<std::unique_ptr<Lake>> Lake::open(const std::filesystem::path& folder, const identity::Authorizer& authorizer, Clock& clock,
                                         LakeOptions options) {
  TRY(ContentFolder content, ContentFolder::open(folder / "content", options.inline_bytes_max));
  TRY(AccountKeys account_keys, AccountKeys::open(folder / "lake.key"));
  auto state = std::make_unique<State>(authorizer, clock, options, std::move(content), std::move(account_keys));
  TRY(state->database, store::Database::open(folder / "lake.db", tables::migrations()));
  CHECK_OK(load_accounts(*state));
  CHECK_OK(sweep_orphans(*state));
  std::unique_ptr<Lake> lake(new Lake(std::move(state)));
  CHECK_OK(lake->sweep());
  return lake;
}

std::int64_t Lake::State::next_version(const Node* before) {
  std::int64_t now = to_unix_nanoseconds(clock.now()) / 100 + kUnixEpochTicks;
  if (before) now = std::max(now, before->version + 1);
  std::int64_t last = last_version.load();
  while (!last_version.compare_exchange_weak(last, std::max(now, last + 1))) {
  }
  return std::max(now, last + 1);
}

std::string cache_key(const Location& location) { return location.account + "/" + location.filesystem + "/" + location.path; }

std::string_view last_part(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

Location parent_of(const Location& location) {
  std::size_t slash = location.path.rfind('/');
  return {location.account, location.filesystem, slash == std::string::npos ? "" : location.path.substr(0, slash)};
}

Result<void> check_path(const Location& location) {
  auto bad = [](const char* why) { return std::unexpected(invalid("InvalidResourceName", std::string("The specified resource name ") + why)); };
  const std::string& path = location.path;
  if (path.empty()) return bad("is empty.");
  if (path.size() > kPathBytesMax) return bad("is too long.");
  if (!text::is_valid_utf8(path) || path.find('\0') != std::string::npos) return bad("contains invalid characters.");
  auto parts = text::split(path, '/');
  if (parts.size() > kPartsMax) return bad("has too many segments.");
  for (std::string_view part : parts)
    if (part.empty() || part == "." || part == "..") return bad("has an empty or relative segment.");
  return ok();
}

Result<void> Lake::State::purge() {
  for (bool more = true; more;) {
    TRY(more, change<bool>({"purge"}, [](store::Connection& c, tables::Garbage& garbage) { return tables::purge(c, 256, garbage); }));
  }
  return ok();
}

}  // namespace axonite::lake
