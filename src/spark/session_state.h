#pragma once
// What one session holds, and how its plans run.
#include <list>
#include <map>
#include <mutex>
#include <set>

#include "spark/analyzer.h"
#include "spark/files.h"
#include "spark/parser.h"
#include "spark/session.h"
#include "spark/settings.h"

namespace spark::connect {
class Catalog;
class Command;
class Relation;
class SqlCommand;
class WriteOperation;
class WriteOperationV2;
}  // namespace spark::connect

namespace axonite::spark {

class SessionState final : public Session, private Source {
 public:
  SessionState(std::unique_ptr<engine::Session> engine, std::unique_ptr<lake::View> view, event::Stream* events, Clock& clock, Options options)
      : options_(std::move(options)), engine_(std::move(engine)), view_(std::move(view)), events_(events), clock_(clock) {}

  Result<void> execute(const proto::Plan& plan, const Sink& sink, std::stop_token stop) override;
  Result<void> analyze(const proto::AnalyzePlanRequest& request, proto::AnalyzePlanResponse& response) override;
  Result<void> configure(const proto::ConfigRequest_Operation& operation, proto::ConfigResponse& response) override;
  Result<void> put_artifact(std::string_view name, std::string bytes) override;
  bool has_artifact(std::string_view name) const override;

 private:
  // Source
  Result<RelationPtr> view(const std::vector<std::string>& name) override;
  Result<External> table(const std::vector<std::string>& name) override;
  Result<External> files(const Relation& relation) override;
  Result<External> local(const Relation& relation) override;
  Result<std::string> render(const Analyzed& child, const Relation& show) override;
  Result<std::vector<ExprPtr>> distinct_values(const std::string& sql, const DataType& type) override;
  std::string time_zone() const override { return settings_.find("spark.sql.session.timeZone").value_or("UTC"); }
  std::string user() const override { return options_.user_name.empty() ? options_.principal.name : options_.user_name; }

  Result<RelationPtr> decode(const ::spark::connect::Relation& message);
  Result<Analyzed> analyzed(const ::spark::connect::Relation& message);
  Result<void> stream(const Analyzed& analyzed, const Sink& sink);
  Result<void> command(const ::spark::connect::Command& command, const Sink& sink);
  Result<void> sql_command(const ::spark::connect::SqlCommand& command, const Sink& sink);
  Result<void> write(const ::spark::connect::WriteOperation& write);
  Result<Relation> catalog(const ::spark::connect::Catalog& catalog);
  Result<Relation> run(const Statement& statement);
  Result<void> set_setting(const std::string& key, const std::string& value);
  Result<void> create_view(const std::string& name, RelationPtr relation, bool replace);
  void report_lineage(const Analyzed& analyzed, const FileWrite& write);

  Options options_;
  std::unique_ptr<engine::Session> engine_;
  std::unique_ptr<lake::View> view_;
  event::Stream* events_;
  Clock& clock_;
  std::timed_mutex running_;  // one statement at a time
  mutable std::mutex artifacts_mutex_;
  std::map<std::string, std::string, std::less<>> artifacts_;
  std::size_t artifact_bytes_ = 0;
  Settings settings_;
  std::map<std::string, std::pair<std::string, RelationPtr>> views_;  // by lower-case name
  std::list<std::string> local_tables_;                               // oldest first
};

}  // namespace axonite::spark
