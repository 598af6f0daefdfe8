#include "pipeline/triggers/triggers.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "base/id.h"

namespace axonite::pipeline::triggers {
namespace {

class FakeDefinitions : public Definitions {
 public:
  std::map<std::string, std::string> pipelines, triggers;
  Result<Owner> owner(std::string_view id) override { return Owner{.id = std::string(id), .name = "factory"}; }
  Result<std::string> definition(std::string_view, std::string_view kind, std::string_view name) override {
    auto& from = kind == "triggers" ? triggers : pipelines;
    auto found = from.find(std::string(name));
    if (found == from.end()) return std::unexpected(not_found("NotFound", "no such " + std::string(kind)));
    return found->second;
  }
};

class TriggersTest : public testing::Test {
 protected:
  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  FakeDefinitions definitions_;
  Owner owner_{.id = "/subscriptions/s/f", .name = "factory"};
  VirtualClock clock_{*parse_iso("2024-01-01T00:00:00Z")};
  bool failing_ = false;
  std::unique_ptr<RunLog> runs_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<TriggerLog> log_;
  std::unique_ptr<Triggers> triggers_;

  void SetUp() override {
    std::filesystem::create_directories(directory_);
    definitions_.pipelines["p"] = R"j({"properties":{"parameters":{"at":{"type":"string","defaultValue":""}},"activities":[{"name":"A","type":"Lookup","typeProperties":{}}]}})j";
    open();
  }
  void TearDown() override {
    close();
    std::filesystem::remove_all(directory_);
  }
  void close() {
    triggers_.reset();
    runner_.reset();
    log_.reset();
    runs_.reset();
  }
  void open() {
    runs_ = std::move(*RunLog::open(directory_ / "runs.db"));
    Activities activities;
    activities["Lookup"] = [this](const Work&) { return failing_ ? failed("E", "no") : succeeded(json::Object()); };
    runner_ = std::make_unique<Runner>(*runs_, definitions_, activities, nullptr, clock_);
    log_ = std::move(*TriggerLog::open(directory_ / "triggers.db"));
    triggers_ = std::make_unique<Triggers>(*log_, *runner_, definitions_, clock_);
    ASSERT_TRUE(runner_->resume());
    ASSERT_TRUE(triggers_->resume());
  }
  void define(const std::string& name, const std::string& type, const std::string& type_properties, const std::string& pipelines) {
    definitions_.triggers[name] = R"j({"properties":{"runtimeState":"Started","type":")j" + type + R"j(",)j" + pipelines +
                                  R"j(,"typeProperties":)j" + type_properties + "}}";
  }
  void windows(const std::string& name, const std::string& more) {
    define(name, "TumblingWindowTrigger", R"j({"frequency":"Hour","interval":1,"startTime":"2024-01-01T00:00:00Z",)j" + more + "}",
           R"j("pipeline":{"pipelineReference":{"referenceName":"p","type":"PipelineReference"},"parameters":{"at":"@trigger().outputs.windowStartTime"}})j");
  }
  // Until as many trigger runs have the status.
  std::vector<TriggerRun> wait(std::string_view status, std::size_t count) {
    std::vector<TriggerRun> found;
    for (int i = 0; i < 1000; ++i) {
      found = *log_->changed(owner_.id, {}, clock_.now() + std::chrono::hours(1));
      std::erase_if(found, [&](const TriggerRun& run) { return run.status != status; });
      if (found.size() >= count) break;
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable().wait_for(lock, std::chrono::milliseconds(5));
    }
    EXPECT_EQ(found.size(), count) << status;
    return found;
  }
  std::string parameters(const TriggerRun& run) { return runs_->get(owner_.id, run.plan.at(0).run_id)->parameters; }
};

TEST_F(TriggersTest, ScheduleStartsItsPipelinesAtTheirTime) {
  define("hourly", "ScheduleTrigger", R"j({"recurrence":{"frequency":"Hour","interval":1,"startTime":"2023-12-31T00:30:00Z"}})j",
         R"j("pipelines":[{"pipelineReference":{"referenceName":"p","type":"PipelineReference"},"parameters":{"at":"@trigger().scheduledTime"}}])j");
  ASSERT_TRUE(triggers_->start(owner_, "hourly"));
  EXPECT_TRUE(log_->changed(owner_.id, {}, clock_.now() + std::chrono::hours(1))->empty());  // no backfill
  clock_.advance(std::chrono::minutes(30));
  auto first = wait("Succeeded", 1);
  EXPECT_EQ(parameters(first.at(0)), R"({"at":"2024-01-01T00:30:00.0000000Z"})");
  EXPECT_EQ(json::string_or(*json::parse(runs_->get(owner_.id, first[0].plan[0].run_id)->trigger), "name"), "hourly");
  ASSERT_TRUE(triggers_->stop(owner_, "hourly"));
  clock_.advance(std::chrono::hours(5));
  ASSERT_TRUE(triggers_->start(owner_, "hourly"));
  clock_.advance(std::chrono::hours(1));
  wait("Succeeded", 2);  // none of those that passed while it was stopped
}

TEST_F(TriggersTest, AScheduleThatCannotBeEvaluatedFailsItsRun) {
  define("broken", "ScheduleTrigger", R"j({"recurrence":{"frequency":"Hour","interval":1,"startTime":"2023-12-31T00:30:00Z"}})j",
         R"j("pipelines":[{"pipelineReference":{"referenceName":"p","type":"PipelineReference"},"parameters":{"at":"@trigger().outputs.body.fileName"}}])j");
  ASSERT_TRUE(triggers_->start(owner_, "broken"));
  clock_.advance(std::chrono::hours(1));
  EXPECT_NE(wait("Failed", 1).at(0).message.find("body"), std::string::npos);
  EXPECT_TRUE(runs_->unfinished()->empty());
}

TEST_F(TriggersTest, WindowsRunOldestFirstWithinTheirConcurrency) {
  windows("w", R"j("maxConcurrency":2)j");
  clock_.advance(std::chrono::hours(5));
  ASSERT_TRUE(triggers_->start(owner_, "w"));  // five windows have passed: all are made up for
  auto done = wait("Succeeded", 5);
  std::set<std::string> starts;
  for (const TriggerRun& run : done) starts.insert(parameters(run));
  EXPECT_EQ(starts.size(), 5u);
  EXPECT_EQ(*starts.begin(), R"({"at":"2024-01-01T00:00:00Z"})");
}

// Closed after every hour, as a crash would: each window has run once at the end.
TEST_F(TriggersTest, NoWindowIsLostOrDoubledOverRestarts) {
  windows("w", R"j("maxConcurrency":50)j");
  ASSERT_TRUE(triggers_->start(owner_, "w"));
  for (int hour = 0; hour < 8; ++hour) {
    clock_.advance(std::chrono::hours(1));
    close();
    open();
  }
  auto done = wait("Succeeded", 8);
  std::set<std::string> starts, pipeline_runs;
  for (const TriggerRun& run : done) {
    starts.insert(parameters(run));
    pipeline_runs.insert(run.plan.at(0).run_id);
  }
  EXPECT_EQ(starts.size(), 8u);
  EXPECT_EQ(runs_->changed(owner_.id, {}, clock_.now() + std::chrono::hours(1))->size(), 8u);
  EXPECT_EQ(pipeline_runs.size(), 8u);
}

TEST_F(TriggersTest, AFailedWindowIsRetriedAndCanBeRerun) {
  failing_ = true;
  windows("w", R"j("maxConcurrency":1,"retryPolicy":{"count":1,"intervalInSeconds":60},"endTime":"2024-01-01T01:00:00Z")j");
  ASSERT_TRUE(triggers_->start(owner_, "w"));
  clock_.advance(std::chrono::hours(1));
  auto retried = [&] {
    auto runs = *log_->changed(owner_.id, {}, clock_.now() + std::chrono::hours(1));
    return runs.size() == 1 && runs[0].attempt == 2 && runs[0].status == "Waiting";
  };
  for (int i = 0; i < 1000 && !retried(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ASSERT_TRUE(retried());
  clock_.advance(std::chrono::minutes(1));
  auto failed = wait("Failed", 1);
  EXPECT_FALSE(triggers_->rerun(owner_, "other", failed.at(0).id));
  failing_ = false;
  ASSERT_TRUE(triggers_->rerun(owner_, "w", failed.at(0).id));
  auto again = wait("Succeeded", 1);
  EXPECT_EQ(again.at(0).group_id, failed[0].id);
  EXPECT_EQ(again[0].scheduled, failed[0].scheduled);
  EXPECT_FALSE(triggers_->rerun(owner_, "w", failed[0].id));  // the newest one only
}

TEST_F(TriggersTest, WindowsWaitForThoseTheyDependOn) {
  windows("first", R"j("maxConcurrency":1)j");
  windows("second", R"j("maxConcurrency":1,"dependsOn":[{"type":"TumblingWindowTriggerDependencyReference","referenceTrigger":{"referenceName":"first","type":"TriggerReference"}}])j");
  ASSERT_TRUE(triggers_->start(owner_, "second"));
  clock_.advance(std::chrono::hours(1));
  wait("WaitingOnDependency", 1);
  ASSERT_TRUE(triggers_->start(owner_, "first"));
  wait("Succeeded", 2);
}

TEST_F(TriggersTest, ACancelledWindowStaysCancelled) {
  windows("w", R"j("maxConcurrency":1,"dependsOn":[{"type":"SelfDependencyTumblingWindowTriggerReference","offset":"-01:00:00"}],"endTime":"2024-01-01T02:00:00Z")j");
  failing_ = true;
  ASSERT_TRUE(triggers_->start(owner_, "w"));
  clock_.advance(std::chrono::hours(2));
  wait("Failed", 1);  // the first; the second waits for it
  auto blocked = wait("WaitingOnDependency", 1);
  ASSERT_TRUE(triggers_->cancel(owner_, "w", blocked.at(0).id));
  EXPECT_EQ(wait("Cancelled", 1).at(0).scheduled, *parse_iso("2024-01-01T01:00:00Z"));
}

TEST_F(TriggersTest, BlobEventsTellWhichFile) {
  define("blobs", "BlobEventsTrigger",
         R"j({"scope":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/lake","events":["Microsoft.Storage.BlobCreated"],"blobPathBeginsWith":"/data/blobs/in/","ignoreEmptyBlobs":true})j",
         R"j("pipelines":[{"pipelineReference":{"referenceName":"p","type":"PipelineReference"},"parameters":{"at":"@concat(triggerBody().folderPath,'/',trigger().outputs.body.fileName)"}}])j");
  BlobEvent event{.id = "1", .account = "lake", .container = "data", .folder = "in", .file = "a.csv", .bytes = 3, .created = true, .time = clock_.now()};
  triggers_->blob_event(event);  // not started yet
  ASSERT_TRUE(triggers_->start(owner_, "blobs"));
  triggers_->blob_event(event);
  triggers_->blob_event(event);  // the same once more
  for (auto change : {+[](BlobEvent& e) { e.bytes = 0; }, +[](BlobEvent& e) { e.folder = "out"; }, +[](BlobEvent& e) { e.account = "other"; },
                      +[](BlobEvent& e) { e.created = false; }}) {
    BlobEvent other = event;
    other.id = new_uuid();
    change(other);
    triggers_->blob_event(other);
  }
  EXPECT_EQ(parameters(wait("Succeeded", 1).at(0)), R"({"at":"data/in/a.csv"})");
  ASSERT_TRUE(triggers_->subscribe(owner_, "blobs", false));
  event.id = "2";
  triggers_->blob_event(event);
  EXPECT_EQ(wait("Succeeded", 1).size(), 1u);
}

TEST_F(TriggersTest, RefusesWhatCannotBeStarted) {
  EXPECT_FALSE(triggers_->start(owner_, "nobody"));
  define("custom", "CustomEventsTrigger", "{}", R"j("pipelines":[])j");
  auto refused = triggers_->start(owner_, "custom");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::unsupported);
  EXPECT_NE(refused.error().message.find("CustomEventsTrigger"), std::string::npos);
  define("idle", "ScheduleTrigger", R"j({"recurrence":{"frequency":"Hour","interval":1,"startTime":"2023-12-31T00:30:00Z"}})j", R"j("pipelines":[])j");
  EXPECT_FALSE(triggers_->start(owner_, "idle"));
  windows("short", R"j("maxConcurrency":51)j");
  EXPECT_FALSE(triggers_->start(owner_, "short"));
}

}  // namespace
}  // namespace axonite::pipeline::triggers
