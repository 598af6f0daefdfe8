#include "delta/checkpoint.h"

#include "base/text.h"
#include "delta/action_json.h"
#include "delta/engine_path.h"

namespace axonite::delta {
namespace {

// The checkpoint's columns (Delta protocol, "Checkpoint Schema"), as DuckDB reads them from the actions' JSON.
constexpr std::string_view kColumns =
    R"json({"txn":{"appId":"VARCHAR","version":"BIGINT","lastUpdated":"BIGINT"},)json"
    R"json("add":{"path":"VARCHAR","partitionValues":"MAP(VARCHAR,VARCHAR)","size":"BIGINT","modificationTime":"BIGINT","dataChange":"BOOLEAN","tags":"MAP(VARCHAR,VARCHAR)","stats":"VARCHAR"},)json"
    R"json("remove":{"path":"VARCHAR","deletionTimestamp":"BIGINT","dataChange":"BOOLEAN","extendedFileMetadata":"BOOLEAN","partitionValues":"MAP(VARCHAR,VARCHAR)","size":"BIGINT"},)json"
    R"json("metaData":{"id":"VARCHAR","name":"VARCHAR","description":"VARCHAR","format":{"provider":"VARCHAR","options":"MAP(VARCHAR,VARCHAR)"},"schemaString":"VARCHAR","partitionColumns":["VARCHAR"],"configuration":"MAP(VARCHAR,VARCHAR)","createdTime":"BIGINT"},)json"
    R"json("protocol":{"minReaderVersion":"INTEGER","minWriterVersion":"INTEGER","readerFeatures":["VARCHAR"],"writerFeatures":["VARCHAR"]}})json";

std::vector<Action> actions_of(const Snapshot& snapshot) {
  std::vector<Action> actions{snapshot.protocol, snapshot.metadata};
  for (const auto& [application, version] : snapshot.transactions) actions.emplace_back(Txn{application, version, std::nullopt});
  for (Add add : snapshot.files) {
    add.data_change = false;
    actions.emplace_back(std::move(add));
  }
  for (Remove remove : snapshot.tombstones) {
    remove.data_change = false;
    actions.emplace_back(std::move(remove));
  }
  return actions;
}

}  // namespace

Result<void> write_checkpoint(Log& log, engine::Session& session, std::int64_t version) {
  TRY(Snapshot snapshot, load_snapshot(log, session, version));
  std::vector<Action> actions = actions_of(snapshot);
  std::string lines;
  for (const Action& action : actions) lines += (lines.empty() ? "" : ", ") + ("(" + engine::quote_literal(write_action(action)) + ")");
  std::string target = engine_path(log.file("_delta_log/" + version_text(version) + ".checkpoint.parquet"));
  CHECK_OK(session.execute("COPY (SELECT c.* FROM (SELECT from_json(l.line::JSON, " + engine::quote_literal(kColumns) + ") AS c FROM (VALUES " + lines +
                           ") AS l(line))) TO " + engine::quote_literal(target) + " (FORMAT parquet)"));
  return log.put_last_checkpoint(version, static_cast<std::int64_t>(actions.size()));
}

}  // namespace axonite::delta
