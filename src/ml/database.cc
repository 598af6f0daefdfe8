#include "ml/database.h"

namespace axonite::ml {
namespace {

// A workspace is the key (lower case) of its resource id. Tables without one hang on a row that has it.
constexpr std::string_view kMigrations[] = {R"(
CREATE TABLE experiment(number INTEGER PRIMARY KEY, workspace TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, stage TEXT NOT NULL,
  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, UNIQUE(workspace,id), UNIQUE(workspace,name));
CREATE TABLE experiment_tag(experiment INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(experiment,key)) WITHOUT ROWID;
CREATE TABLE run(number INTEGER PRIMARY KEY, experiment INTEGER NOT NULL, workspace TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
  user TEXT NOT NULL, status TEXT NOT NULL, stage TEXT NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER, version INTEGER NOT NULL, UNIQUE(workspace,id));
CREATE INDEX run_of_experiment ON run(experiment, start_ms DESC, id);
CREATE TABLE metric(run INTEGER NOT NULL, key TEXT NOT NULL, timestamp_ms INTEGER NOT NULL, step INTEGER NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY(run,key,timestamp_ms,step,value)) WITHOUT ROWID;
CREATE TABLE latest_metric(run INTEGER NOT NULL, key TEXT NOT NULL, timestamp_ms INTEGER NOT NULL, step INTEGER NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY(run,key)) WITHOUT ROWID;
CREATE TABLE param(run INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(run,key)) WITHOUT ROWID;
CREATE TABLE tag(run INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(run,key)) WITHOUT ROWID;
CREATE TABLE input(run INTEGER NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY(run,number)) WITHOUT ROWID;
CREATE TABLE model(number INTEGER PRIMARY KEY, workspace TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, UNIQUE(workspace,name));
CREATE TABLE model_tag(model INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(model,key)) WITHOUT ROWID;
CREATE TABLE model_alias(model INTEGER NOT NULL, alias TEXT NOT NULL, version TEXT NOT NULL, PRIMARY KEY(model,alias)) WITHOUT ROWID;
CREATE TABLE model_version(number INTEGER PRIMARY KEY, model INTEGER NOT NULL, version TEXT NOT NULL, source TEXT NOT NULL, run_id TEXT NOT NULL,
  stage TEXT NOT NULL, description TEXT NOT NULL, user TEXT NOT NULL, properties TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,
  UNIQUE(model,version));
CREATE TABLE model_version_tag(model_version INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(model_version,key)) WITHOUT ROWID;
CREATE TABLE asset(number INTEGER PRIMARY KEY, workspace TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, body TEXT NOT NULL,
  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, author TEXT NOT NULL, UNIQUE(workspace,kind,name,version));
CREATE TABLE job(number INTEGER PRIMARY KEY, workspace TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL,
  principal TEXT NOT NULL, error TEXT NOT NULL, created_ms INTEGER NOT NULL, UNIQUE(workspace,id));
CREATE INDEX job_of_parent ON job(workspace, parent, number);
CREATE INDEX job_of_status ON job(status);
CREATE TABLE step_cache(workspace TEXT NOT NULL, key TEXT NOT NULL, job TEXT NOT NULL, PRIMARY KEY(workspace,key)) WITHOUT ROWID;
)"};

}  // namespace

Result<std::unique_ptr<store::Database>> open_database(const std::filesystem::path& file) { return store::Database::open(file, kMigrations); }

}  // namespace axonite::ml
