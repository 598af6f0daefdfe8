#include "pipeline/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <mutex>
#include <thread>

#include "base/id.h"

namespace axonite::pipeline {
namespace {

class FakeDefinitions : public Definitions {
 public:
  std::map<std::string, std::string> pipelines;
  Result<Owner> owner(std::string_view id) override { return Owner{.id = std::string(id), .name = "factory"}; }
  Result<std::string> definition(std::string_view, std::string_view, std::string_view name) override {
    auto found = pipelines.find(std::string(name));
    if (found == pipelines.end()) return std::unexpected(not_found("PipelineNotFound", "no such pipeline"));
    return found->second;
  }
};

class RunnerTest : public testing::Test {
 protected:
  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  FakeDefinitions definitions_;
  Owner owner_{.id = "/subscriptions/s/f", .name = "factory"};
  Activities activities_;
  std::unique_ptr<RunLog> log_;
  std::unique_ptr<Runner> runner_;

  void SetUp() override {
    std::filesystem::create_directories(directory_);
    open("runs.db");
  }
  void TearDown() override {
    runner_.reset();
    log_.reset();
    std::filesystem::remove_all(directory_);
  }
  void open(const std::string& name, Clock& clock = system_clock()) {
    runner_.reset();
    log_.reset();
    log_ = std::move(*RunLog::open(directory_ / name));
    runner_ = std::make_unique<Runner>(*log_, definitions_, activities_, nullptr, clock);
  }
  void define(const std::string& name, const std::string& activities, const std::string& more = "") {
    definitions_.pipelines[name] = R"j({"properties":{"parameters":{"n":{"type":"int","defaultValue":3}},)j"
                                   R"j("variables":{"v":{"type":"String"},"list":{"type":"Array"}})j" + more +
                                   ",\"activities\":" + activities + "}}";
  }
  RunRecord wait(const std::string& id) {
    for (int i = 0; i < 2000; ++i) {
      auto record = log_->get(owner_.id, id);
      if (record && record->end) return *record;
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable().wait_for(lock, std::chrono::milliseconds(5));
    }
    ADD_FAILURE() << "run " << id << " does not end";
    return {};
  }
  RunRecord run(const std::string& name, const std::string& parameters = "{}") {
    auto id = runner_->create(owner_, {.pipeline = name, .parameters = std::make_shared<const json::Value>(*json::parse(parameters))});
    EXPECT_TRUE(id) << id.error().message;
    return id ? wait(*id) : RunRecord();
  }
  // The output of the last finished event of an activity, as text.
  std::string output(const RunRecord& record, const std::string& instance) {
    std::string found;
    auto events = log_->events(record.id);
    for (const Event& event : *events)
      if (event.kind == Event::Kind::finished && event.instance == instance)
        found = event.error ? event.error->code + ": " + event.error->message : event.output ? json::write(*event.output) : "";
    return found;
  }
};

std::string set(const std::string& name, const std::string& value, const std::string& after = "") {
  return R"j({"name":")j" + name + R"j(","type":"SetVariable","typeProperties":{"variableName":"v","value":)j" + value + "}" +
         (after.empty() ? "" : R"j(,"dependsOn":[{"activity":")j" + after + R"j(","dependencyConditions":["Succeeded"]}])j") + "}";
}

TEST_F(RunnerTest, RunsAChainOfControlActivities) {
  define("p", "[" + set("A", R"j("@string(pipeline().parameters.n)")j") + "," + set("B", R"j("@concat(variables('v'),'!')")j", "A") + "]");
  RunRecord record = run("p");
  EXPECT_EQ(record.status, "Succeeded") << record.message;
  EXPECT_EQ(output(record, "B"), R"j({"name":"v","value":"3!"})j");
  EXPECT_EQ(output(run("p", R"j({"n":"7"})j"), "B"), R"j({"name":"v","value":"7!"})j");
}

TEST_F(RunnerTest, RefusesParametersThatDoNotFit) {
  define("p", "[]");
  auto refused = runner_->create(owner_, {.pipeline = "p", .parameters = std::make_shared<const json::Value>(json::Object{{"n", "x"}})});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().target, "n");
  EXPECT_FALSE(runner_->create(owner_, {.pipeline = "unknown"}));
}

TEST_F(RunnerTest, LoopsBranchesAndFilters) {
  define("p", R"j([{"name":"Some","type":"Filter","typeProperties":{"items":"@range(0,10)","condition":"@greater(item(),6)"}},
    {"name":"Each","type":"ForEach","dependsOn":[{"activity":"Some","dependencyConditions":["Succeeded"]}],
     "typeProperties":{"items":"@activity('Some').output.Value","activities":[
       {"name":"Even","type":"IfCondition","typeProperties":{"expression":"@equals(mod(item(),2),0)","ifTrueActivities":[
         {"name":"Keep","type":"AppendVariable","typeProperties":{"variableName":"list","value":"@item()"}}]}}]}},
    {"name":"Loop","type":"Until","dependsOn":[{"activity":"Each","dependencyConditions":["Succeeded"]}],"typeProperties":{
       "expression":"@equals(activity('Last').output.value,'xx')","activities":[)j" +
      set("Grow", R"j("@concat(variables('v'),'x')")j") + "," + set("Last", R"j("@variables('v')")j", "Grow") + R"j(]}},
    {"name":"Choose","type":"Switch","dependsOn":[{"activity":"Loop","dependencyConditions":["Succeeded"]}],"typeProperties":{"on":"@variables('v')",
       "cases":[{"value":"xx","activities":[{"name":"Stop","type":"Fail","typeProperties":{"message":"@join(variables('list'),',')","errorCode":"E8"}}]}]}}])j");
  RunRecord record = run("p");
  EXPECT_EQ(record.status, "Failed");
  EXPECT_EQ(output(record, "Choose/0/Stop"), "E8: 8");
  EXPECT_EQ(record.message,
            "Operation on target Choose failed: Activity failed because an inner activity failed; Inner activity name: Stop, Error: 8");
}

TEST_F(RunnerTest, ABrokenExpressionFailsItsActivity) {
  define("p", "[" + set("A", R"j("@nosuch(1)")j") + "]");
  RunRecord record = run("p");
  EXPECT_EQ(record.status, "Failed");
  EXPECT_EQ(output(record, "A").substr(0, 15), "InvalidTemplate");
}

TEST_F(RunnerTest, RetriesAfterTheIntervalOfTheClock) {
  std::atomic<int> calls = 0;
  activities_["Lookup"] = [&](const Work&) { return ++calls < 3 ? failed("E", "not yet") : succeeded(json::Object{{"ok", true}}); };
  VirtualClock clock(from_unix_seconds(1'000'000));
  open("virtual.db", clock);
  define("p", R"j([{"name":"A","type":"Lookup","policy":{"retry":3,"retryIntervalInSeconds":40},"typeProperties":{}}])j");
  std::jthread mover([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      clock.advance(std::chrono::seconds(1));
      std::this_thread::yield();
    }
  });
  RunRecord record = run("p");
  EXPECT_EQ(record.status, "Succeeded");
  EXPECT_EQ(calls, 3);
  EXPECT_GE(*record.end - *record.start, std::chrono::seconds(80));
  runner_.reset();  // before its clock
}

TEST_F(RunnerTest, CancelEndsWhatRuns) {
  std::atomic<bool> began = false;
  activities_["Copy"] = [&](const Work& work) {
    began = true;
    while (!work.stop.stop_requested()) std::this_thread::yield();
    return failed(cancelled("Cancelled", "stopped"));
  };
  open("cancel.db");
  define("p", R"j([{"name":"A","type":"Copy","typeProperties":{}},{"name":"W","type":"Wait","typeProperties":{"waitTimeInSeconds":500}}])j");
  std::string id = *runner_->create(owner_, {.pipeline = "p"});
  while (!began) std::this_thread::yield();
  ASSERT_TRUE(runner_->cancel(owner_.id, id, true));
  EXPECT_EQ(wait(id).status, "Cancelled");
  EXPECT_FALSE(runner_->cancel(owner_.id, new_uuid(), true));
}

TEST_F(RunnerTest, CallsOtherPipelinesAndTakesTheirReturnValue) {
  define("child", R"j([{"name":"R","type":"SetVariable","typeProperties":{"variableName":"pipelineReturnValue","setSystemVariable":true,
    "value":[{"key":"twice","value":{"type":"Expression","content":"@mul(2,pipeline().parameters.n)"}}]}}])j");
  define("p", R"j([{"name":"Call","type":"ExecutePipeline","typeProperties":{"pipeline":{"referenceName":"child","type":"PipelineReference"},
    "parameters":{"n":21},"waitOnCompletion":true}},)j" + set("B", R"j("@string(activity('Call').output.pipelineReturnValue.twice)")j", "Call") + "]");
  RunRecord record = run("p");
  EXPECT_EQ(record.status, "Succeeded") << record.message << output(record, "Call");
  EXPECT_EQ(output(record, "B"), R"j({"name":"v","value":"42"})j");
  definitions_.pipelines.erase("child");
  EXPECT_EQ(run("p").status, "Failed");
}

TEST_F(RunnerTest, KeepsToThePipelinesConcurrency) {
  std::atomic<int> open_now = 0, most = 0;
  activities_["Lookup"] = [&](const Work&) {
    most = std::max(most.load(), ++open_now);
    std::this_thread::yield();
    --open_now;
    return succeeded(json::Object());
  };
  open("concurrency.db");
  define("p", R"j([{"name":"A","type":"Lookup","typeProperties":{}}])j", ",\"concurrency\":1");
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(*runner_->create(owner_, {.pipeline = "p"}));
  for (const std::string& id : ids) EXPECT_EQ(wait(id).status, "Succeeded");
  EXPECT_EQ(most, 1);
}

// The log is cut after every event in turn, as a crash would leave it; the next start reaches the same result and
// repeats no activity whose end is in the log.
TEST_F(RunnerTest, GoesOnFromEveryCutOfTheLog) {
  std::mutex mutex;
  std::vector<std::string> calls;
  activities_["Lookup"] = [&](const Work& work) {
    std::lock_guard lock(mutex);
    calls.push_back(work.instance);
    if (work.instance == "Each/1/Get") return failed("E", "no second");
    return succeeded(json::Object{{"value", *work.properties}});
  };
  open("whole.db");
  define("p", R"j([{"name":"First","type":"Lookup","typeProperties":{"q":"@pipeline().RunId"}},
    {"name":"Each","type":"ForEach","dependsOn":[{"activity":"First","dependencyConditions":["Succeeded"]}],"typeProperties":{
      "items":"@createArray(1,2,3)","isSequential":true,"activities":[{"name":"Get","type":"Lookup","typeProperties":{"i":"@item()"}}]}},
    {"name":"Call","type":"ExecutePipeline","dependsOn":[{"activity":"Each","dependencyConditions":["Failed"]}],
      "typeProperties":{"pipeline":{"referenceName":"child","type":"PipelineReference"},"waitOnCompletion":true}},)j" +
      set("End", R"j("@activity('Each').error.message")j", "Call") + "]");
  define("child", "[" + set("A", R"j("x")j") + "]");
  RunRecord whole = run("p");
  ASSERT_EQ(whole.status, "Succeeded") << whole.message;
  std::vector<Event> events = *log_->events(whole.id);
  std::string last = output(whole, "End");
  for (std::size_t kept = 0; kept < events.size(); ++kept) {
    runner_.reset();
    log_.reset();
    log_ = std::move(*RunLog::open(directory_ / ("cut" + std::to_string(kept) + ".db")));
    RunRecord fresh = whole;
    fresh.status = "Queued";
    fresh.end.reset();
    ASSERT_TRUE(log_->create(fresh));
    if (kept > 0) log_->append(whole.id, 0, std::vector<Event>(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(kept)), [](Result<void> done) { EXPECT_TRUE(done); });
    log_->flush();
    calls.clear();
    runner_ = std::make_unique<Runner>(*log_, definitions_, activities_, nullptr, system_clock());
    ASSERT_TRUE(runner_->resume());
    RunRecord again = wait(whole.id);
    EXPECT_EQ(again.status, "Succeeded") << "after " << kept << ": " << again.message;
    EXPECT_EQ(output(again, "End"), last) << "after " << kept;
    for (std::size_t i = 0; i < kept; ++i) {
      bool finished = events[i].kind == Event::Kind::finished;
      EXPECT_TRUE(!finished || std::count(calls.begin(), calls.end(), events[i].instance) == 0) << events[i].instance << " after " << kept;
    }
  }
}

TEST_F(RunnerTest, PrintsTheCostOfAnActivity) {
  std::string chain = "[" + set("A0", R"j("x")j");
  for (int i = 1; i < 100; ++i) chain += "," + set("A" + std::to_string(i), R"j("x")j", "A" + std::to_string(i - 1));
  define("control", chain + "]");
  activities_["Lookup"] = [](const Work&) { return succeeded(json::Object()); };
  open("cost.db");
  std::string work = R"j([{"name":"A0","type":"Lookup","typeProperties":{}})j";
  for (int i = 1; i < 100; ++i)
    work += R"j(,{"name":"A)j" + std::to_string(i) + R"j(","type":"Lookup","typeProperties":{},"dependsOn":[{"activity":"A)j" + std::to_string(i - 1) + R"j(","dependencyConditions":["Succeeded"]}]})j";
  define("work", work + "]");
  for (const char* name : {"control", "work"}) {
    RunRecord record = run(name);
    EXPECT_EQ(record.status, "Succeeded");
    double ms = std::chrono::duration<double, std::milli>(*record.end - record.created).count();
    RecordProperty(name, std::to_string(ms / 100));
    printf("%s: %.3f ms an activity\n", name, ms / 100);
  }
}

}  // namespace
}  // namespace axonite::pipeline
