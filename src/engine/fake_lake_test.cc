#include <algorithm>

#include "engine/fake_lake.h"

namespace axonite::engine {
namespace {

std::string key_of(const lake::Location& at) { return at.account + '/' + at.filesystem + '/' + at.path; }

struct FakeReader : lake::Reader {
  lake::Entry about;
  std::string bytes;
  const lake::Entry& entry() const override { return about; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) const override {
    if (offset >= bytes.size()) return std::size_t{0};
    return bytes.copy(buffer.data(), buffer.size(), offset);
  }
};

struct FakeWriter : lake::Writer {
  FakeLake* lake;
  std::string key, bytes;
  bool only_if_absent = false;
  Result<void> append(std::string_view more) override {
    bytes += more;
    return ok();
  }
  Result<lake::Entry> commit() override {
    std::lock_guard lock(lake->mutex);
    if (only_if_absent && lake->files.contains(key)) return std::unexpected(conflict("PathAlreadyExists", "The path exists."));
    lake->files[key] = bytes;
    return lake::Entry{};
  }
};

struct FakeView : lake::View {
  FakeLake* lake;
  std::string account;

  Result<void> check(const lake::Location& at) const {
    if (at.account == account) return ok();
    return std::unexpected(forbidden("AuthorizationPermissionMismatch", "No right on account " + at.account + "."));
  }
  lake::Entry entry_of(const std::string& key, const std::string& bytes) const {
    lake::Entry entry;
    auto first = key.find('/'), second = key.find('/', first + 1);
    entry.location = {key.substr(0, first), key.substr(first + 1, second - first - 1), key.substr(second + 1)};
    entry.size = bytes.size();
    return entry;
  }
  Result<lake::Entry> stat(const lake::Location& at) const override {
    CHECK_OK(check(at));
    std::lock_guard lock(lake->mutex);
    auto found = lake->files.find(key_of(at));
    if (found == lake->files.end()) return std::unexpected(not_found("PathNotFound", "No path " + at.path + "."));
    return entry_of(found->first, found->second);
  }
  Result<std::unique_ptr<lake::Reader>> open(const lake::Location& at, const lake::Conditions&) const override {
    auto reader = std::make_unique<FakeReader>();
    TRY(reader->about, stat(at));
    std::lock_guard lock(lake->mutex);
    reader->bytes = lake->files[key_of(at)];
    return reader;
  }
  Result<std::unique_ptr<lake::Writer>> create(const lake::Location& at, const lake::Conditions& conditions) override {
    CHECK_OK(check(at));
    auto writer = std::make_unique<FakeWriter>();
    writer->lake = lake;
    writer->key = key_of(at);
    writer->only_if_absent = conditions.if_none_match == "*";
    return writer;
  }
  Result<std::vector<lake::Entry>> list(const lake::Location& at, bool recursive) const override {
    CHECK_OK(check(at));
    std::lock_guard lock(lake->mutex);
    std::vector<lake::Entry> entries;
    auto prefix = key_of(at) + (at.path.empty() ? "" : "/");
    for (auto& [key, bytes] : lake->files) {
      if (!key.starts_with(prefix) || (!recursive && key.find('/', prefix.size()) != key.npos)) continue;
      entries.push_back(entry_of(key, bytes));
    }
    return entries;
  }
  Result<void> make_directory(const lake::Location& at) override { return check(at); }
  Result<void> remove(const lake::Location& at, bool) override {
    CHECK_OK(check(at));
    std::lock_guard lock(lake->mutex);
    if (!lake->files.erase(key_of(at))) return std::unexpected(not_found("PathNotFound", "No path " + at.path + "."));
    return ok();
  }
  Result<void> rename(const lake::Location& from, const lake::Location& to, const lake::Conditions&) override {
    CHECK_OK(check(from));
    CHECK_OK(check(to));
    std::lock_guard lock(lake->mutex);
    auto moved = lake->files.extract(key_of(from));
    if (moved.empty()) return std::unexpected(not_found("PathNotFound", "No path " + from.path + "."));
    lake->files[key_of(to)] = std::move(moved.mapped());
    return ok();
  }
};

}  // namespace

std::unique_ptr<lake::View> fake_view(FakeLake& lake, std::string account) {
  auto view = std::make_unique<FakeView>();
  view->lake = &lake;
  view->account = std::move(account);
  return view;
}

}  // namespace axonite::engine
