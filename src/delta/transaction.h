#pragma once
// A change of a table as a value: what was read, what must still hold, what is to be committed. Committing writes the
// next version only if it is free; when another writer was first, the pure rules below decide whether the change can
// follow theirs (it is put again behind it) or must fail.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "delta/log.h"
#include "delta/snapshot.h"

namespace axonite::delta {

struct Transaction {
  std::int64_t read_version = -1;  // -1: the table was not there
  // A blind append depends on nothing it read; everything else depends on the files of read_version.
  bool blind_append = false;
  std::vector<Action> actions;
  std::string operation;             // "WRITE", "CREATE TABLE", …
  std::string operation_parameters;  // JSON object
};

// Why `winner` (the actions of a commit after read_version) forbids `ours`; nothing when ours can follow.
// Codes as Delta names them: ConcurrentAppendException, ConcurrentDeleteReadException, ConcurrentDeleteDeleteException,
// MetadataChangedException, ProtocolChangedException, ConcurrentTransactionException.
std::optional<Error> conflict_with(const Transaction& ours, const std::vector<Action>& winner);

struct Committed {
  std::int64_t version = 0;
  int retries = 0;
};

// Errors: conflict(<code above>), throttled("DeltaTooManyConflicts") after `attempts_max` lost races.
Result<Committed> commit(Log& log, Transaction transaction, Clock& clock, int attempts_max = 100);

}  // namespace axonite::delta
