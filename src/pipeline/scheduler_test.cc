#include "pipeline/scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <deque>
#include <set>

namespace axonite::pipeline {
namespace {

std::shared_ptr<const Pipeline> pipeline_of(const std::string& activities) {
  auto parsed = parse_pipeline("p", R"({"properties":{"variables":{"v":{"type":"String"},"list":{"type":"Array"}},"activities":)" +
                                        activities + "}}");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return *parsed;
}

// An activity line: name, then dependencies as {"A":"Succeeded,Failed"}.
std::string step(const std::string& name, const std::vector<std::pair<std::string, std::string>>& after = {},
                 const std::string& more = R"("type":"Wait","typeProperties":{"waitTimeInSeconds":0})") {
  std::string depends;
  for (const auto& [activity, conditions] : after) {
    std::string list = "\"" + conditions + "\"";
    for (std::size_t comma; (comma = list.find(',')) != std::string::npos;) list.replace(comma, 1, "\";\"");
    std::replace(list.begin(), list.end(), ';', ',');
    depends += (depends.empty() ? "" : ",") + std::string("{\"activity\":\"") + activity + "\",\"dependencyConditions\":[" + list + "]}";
  }
  return "{\"name\":\"" + name + "\"," + more + ",\"dependsOn\":[" + depends + "]}";
}

// Answers every command at once: activities named in `failing` fail (as often as the number says), loops get `items`.
class Simulation {
 public:
  explicit Simulation(std::shared_ptr<const Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}

  std::map<std::string, int> failing;  // by instance or name; 99 = always
  std::map<std::string, int> branches, items, iterations;
  std::vector<Event> log;
  std::vector<std::string> ran;
  int retries = 0, most_open = 0;

  Outcome run() {
    Scheduler scheduler(pipeline_);
    feed(scheduler, {.kind = Event::Kind::run_started});
    drain(scheduler);
    EXPECT_TRUE(scheduler.finished());
    return log.back().outcome;
  }
  Outcome resume(std::size_t events) {
    std::vector<Event> kept(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(events));
    Scheduler scheduler(pipeline_);
    log.clear();
    for (const Event& event : kept) {
      log.push_back(event);
      EXPECT_TRUE(scheduler.apply(event));
    }
    queue_.clear();
    for (Command& command : scheduler.pending()) queue_.push_back(std::move(command));
    drain(scheduler);
    EXPECT_TRUE(scheduler.finished());
    return log.back().outcome;
  }
  bool did_run(const std::string& instance) const { return std::find(ran.begin(), ran.end(), instance) != ran.end(); }

 private:
  void feed(Scheduler& scheduler, Event event) {
    auto commands = scheduler.apply(event);
    ASSERT_TRUE(commands) << commands.error().log;
    log.push_back(std::move(event));
    for (Command& command : *commands) queue_.push_back(std::move(command));
  }
  void drain(Scheduler& scheduler) {
    while (!queue_.empty()) {
      Command command = std::move(queue_.front());
      queue_.pop_front();
      answer(scheduler, command);
    }
  }
  void answer(Scheduler& scheduler, const Command& command) {
    using Kind = Command::Kind;
    Event finished{.kind = Event::Kind::finished, .instance = command.instance, .attempt = command.attempt};
    switch (command.kind) {
      case Kind::retry: ++retries; [[fallthrough]];
      case Kind::run:
        feed(scheduler, {.kind = Event::Kind::started, .instance = command.instance, .attempt = command.attempt});
        if (command.activity->container != Container::none) return expand(scheduler, command);
        ran.push_back(command.instance);
        if (auto found = failing.find(command.instance); found != failing.end() && command.attempt <= found->second) {
          finished.outcome = Outcome::failed;
          finished.error = ActivityError{"E", command.activity->name + " broke", "UserError", command.activity->name};
        }
        return feed(scheduler, finished);
      case Kind::check_until:
        return feed(scheduler, {.kind = Event::Kind::iterated, .instance = command.instance, .index = command.index,
                                .satisfied = command.index + 1 >= iterations[command.instance]});
      case Kind::finish:
        finished.outcome = command.outcome;
        finished.inactive = command.inactive;
        finished.error = command.error;
        return feed(scheduler, finished);
      case Kind::stop:
        finished.outcome = Outcome::cancelled;
        return feed(scheduler, finished);
      case Kind::finish_run:
        return feed(scheduler, {.kind = Event::Kind::run_finished, .outcome = command.outcome, .error = command.error});
    }
  }
  void expand(Scheduler& scheduler, const Command& command) {
    Event expanded{.kind = Event::Kind::expanded, .instance = command.instance};
    expanded.index = branches[command.instance];
    json::Array array;
    for (int i = 0; i < items[command.instance]; ++i) array.push_back(i);
    expanded.items = std::make_shared<const json::Value>(std::move(array));
    feed(scheduler, expanded);
  }
  std::shared_ptr<const Pipeline> pipeline_;
  std::deque<Command> queue_;
};

std::string list(std::initializer_list<std::string> steps) {
  std::string out = "[";
  for (const std::string& one : steps) out += (out.size() > 1 ? "," : "") + one;
  return out + "]";
}

// pipelines.md §3, the consequences table: A fails; does the run?
struct Consequence {
  const char* name;
  std::string activities;
  Outcome when_a_fails, when_a_succeeds;
};
class Consequences : public testing::TestWithParam<Consequence> {};
TEST_P(Consequences, FollowTheLeafRule) {
  Simulation failing(pipeline_of(GetParam().activities));
  failing.failing["A"] = 99;
  EXPECT_EQ(failing.run(), GetParam().when_a_fails);
  Simulation fine(pipeline_of(GetParam().activities));
  EXPECT_EQ(fine.run(), GetParam().when_a_succeeds);
}
constexpr auto kOk = Outcome::succeeded;
constexpr auto kBad = Outcome::failed;
INSTANTIATE_TEST_SUITE_P(All, Consequences, testing::Values(
    Consequence{"Nothing", list({step("A")}), kBad, kOk},
    Consequence{"TryCatch", list({step("A"), step("B", {{"A", "Failed"}})}), kOk, kOk},
    Consequence{"OnlySuccess", list({step("A"), step("B", {{"A", "Succeeded"}})}), kBad, kOk},
    Consequence{"DoIfElse", list({step("A"), step("B", {{"A", "Succeeded"}}), step("C", {{"A", "Failed"}})}), kBad, kOk},
    Consequence{"DoIfSkipElse", list({step("A"), step("B", {{"A", "Succeeded"}}), step("C", {{"A", "Failed"}}), step("D", {{"B", "Skipped"}})}), kOk, kOk},
    Consequence{"Completion", list({step("A"), step("B", {{"A", "Completed"}})}), kOk, kOk},
    Consequence{"CompletionAndSuccess", list({step("A"), step("B", {{"A", "Completed"}}), step("C", {{"A", "Succeeded"}})}), kBad, kOk},
    Consequence{"EitherInOneEntry", list({step("A"), step("B", {{"A", "Failed,Succeeded"}})}), kOk, kOk},
    Consequence{"SkipPropagates", list({step("A"), step("B", {{"A", "Succeeded"}}), step("C", {{"B", "Succeeded"}})}), kBad, kOk},
    Consequence{"SkipHandledAtTheEnd", list({step("A"), step("B", {{"A", "Succeeded"}}), step("C", {{"B", "Failed,Skipped"}})}), kOk, kOk}),
    [](const auto& info) { return info.param.name; });

TEST(Scheduler, EntriesAreAndConditionsAreOr) {
  Simulation simulation(pipeline_of(list({step("A"), step("B"), step("C", {{"A", "Failed"}, {"B", "Succeeded"}}),
                                          step("D", {{"A", "Failed,Skipped"}, {"B", "Completed"}})})));
  simulation.failing["B"] = 99;
  simulation.failing["A"] = 99;
  simulation.run();
  EXPECT_FALSE(simulation.did_run("C"));
  EXPECT_TRUE(simulation.did_run("D"));
}

TEST(Scheduler, CompletedIsNotSatisfiedByASkip) {
  Simulation simulation(pipeline_of(list({step("A"), step("B", {{"A", "Failed"}}), step("C", {{"B", "Completed"}})})));
  simulation.run();
  EXPECT_FALSE(simulation.did_run("C"));
}

TEST(Scheduler, RetriesAsOftenAsThePolicySays) {
  std::string policy = R"("type":"Lookup","policy":{"retry":2},"typeProperties":{})";
  Simulation twice(pipeline_of(list({step("A", {}, policy)})));
  twice.failing["A"] = 2;
  EXPECT_EQ(twice.run(), Outcome::succeeded);
  EXPECT_EQ(twice.retries, 2);
  Simulation always(pipeline_of(list({step("A", {}, policy)})));
  always.failing["A"] = 99;
  EXPECT_EQ(always.run(), Outcome::failed);
  EXPECT_EQ(always.ran.size(), 3u);
}

TEST(Scheduler, InactiveActivitiesDoNotRunAndCountAsMarked) {
  Simulation simulation(pipeline_of(list(
      {step("A", {}, R"("type":"Nonsense","state":"Inactive","onInactiveMarkAs":"Failed")"), step("B", {{"A", "Failed"}})})));
  EXPECT_EQ(simulation.run(), Outcome::succeeded);
  EXPECT_FALSE(simulation.did_run("A"));
  EXPECT_TRUE(simulation.did_run("B"));
}

const std::string kLoop = R"("type":"ForEach","typeProperties":{"items":"@x","batchCount":3,"activities":)" +
                          list({step("In"), step("After", {{"In", "Succeeded"}})}) + "}";

TEST(Scheduler, ForEachRunsAllIterationsAndFailsAtTheEnd) {
  Simulation simulation(pipeline_of(list({step("Each", {}, kLoop), step("Next", {{"Each", "Failed"}})})));
  simulation.items["Each"] = 10;
  simulation.failing["Each/4/In"] = 99;
  EXPECT_EQ(simulation.run(), Outcome::succeeded);
  EXPECT_TRUE(simulation.did_run("Each/9/After"));
  EXPECT_FALSE(simulation.did_run("Each/4/After"));
  EXPECT_TRUE(simulation.did_run("Next"));
}

TEST(Scheduler, ForEachKeepsToItsSlots) {
  Scheduler scheduler(pipeline_of(list({step("Each", {}, kLoop)})));
  (void)scheduler.apply({.kind = Event::Kind::run_started});
  (void)scheduler.apply({.kind = Event::Kind::started, .instance = "Each"});
  Event expanded{.kind = Event::Kind::expanded, .instance = "Each"};
  expanded.items = std::make_shared<const json::Value>(json::Array(10, 1));
  EXPECT_EQ(scheduler.apply(expanded)->size(), 3u);
}

TEST(Scheduler, EmptyLoopsAndBranchesSucceed) {
  Simulation none(pipeline_of(list({step("Each", {}, kLoop)})));
  EXPECT_EQ(none.run(), Outcome::succeeded);
  Simulation branch(pipeline_of(list({step("If", {}, R"("type":"IfCondition","typeProperties":{"expression":"@true"})")})));
  EXPECT_EQ(branch.run(), Outcome::succeeded);
  Simulation empty_body(pipeline_of(
      list({step("Each", {}, R"("type":"ForEach","typeProperties":{"items":"@x","activities":[]})")})));
  empty_body.items["Each"] = 50;
  EXPECT_EQ(empty_body.run(), Outcome::succeeded);
}

TEST(Scheduler, UntilGoesOnOverFailedIterations) {
  Simulation simulation(pipeline_of(
      list({step("Loop", {}, R"("type":"Until","typeProperties":{"expression":"@x","activities":)" + list({step("In")}) + "}")})));
  simulation.iterations["Loop"] = 3;
  simulation.failing["Loop/0/In"] = 99;
  EXPECT_EQ(simulation.run(), Outcome::succeeded);
  EXPECT_EQ(simulation.ran.size(), 3u);
}

std::string nested() {
  std::string inner = list({step("In", {}, R"("type":"Lookup","policy":{"retry":1},"typeProperties":{})"), step("After", {{"In", "Completed"}})});
  std::string branch = R"("type":"IfCondition","typeProperties":{"expression":"@x","ifTrueActivities":)" + inner + "}";
  std::string loop = R"("type":"ForEach","typeProperties":{"items":"@x","batchCount":2,"activities":)" + list({step("If", {}, branch)}) + "}";
  std::string until = R"("type":"Until","typeProperties":{"expression":"@x","activities":)" + list({step("Again")}) + "}";
  return list({step("First"), step("Each", {{"First", "Succeeded"}}, loop), step("Loop", {{"Each", "Completed"}}, until),
               step("Never", {{"Each", "Succeeded"}}), step("Off", {{"Loop", "Succeeded"}}, R"("type":"X","state":"Inactive")")});
}

// Dies after every event in turn: the rest goes on to the same result and nothing finished runs again.
TEST(Scheduler, GoesOnFromEveryEventBoundary) {
  Simulation whole(pipeline_of(nested()));
  whole.items["Each"] = 3;
  whole.iterations["Loop"] = 2;
  whole.failing["Each/1/If/0/In"] = 1;
  whole.failing["Each/2/If/0/In"] = 99;
  whole.failing["Each/0/If/0/After"] = 99;
  Outcome expected = whole.run();
  std::size_t events = whole.log.size();
  std::vector<Event> log = whole.log;
  for (std::size_t kept = 1; kept < events; ++kept) {
    Simulation again = whole;
    again.ran.clear();
    again.log = log;
    EXPECT_EQ(again.resume(kept), expected) << "after " << kept;
    std::set<std::string> finished;
    std::size_t count = 0;
    for (const Event& event : again.log)
      if (event.kind == Event::Kind::finished) {
        finished.insert(event.instance + "#" + std::to_string(event.attempt));
        ++count;
      }
    EXPECT_EQ(finished.size(), count) << "after " << kept;
    std::size_t whole_count = 0;
    for (const Event& event : log) whole_count += event.kind == Event::Kind::finished;
    EXPECT_EQ(count, whole_count) << "after " << kept;
  }
}

TEST(Scheduler, CancelStopsWhatRunsAndStartsNothingMore) {
  Scheduler scheduler(pipeline_of(list({step("A"), step("B", {{"A", "Completed"}}), step("Each", {}, kLoop)})));
  (void)scheduler.apply({.kind = Event::Kind::run_started});
  (void)scheduler.apply({.kind = Event::Kind::started, .instance = "A"});
  (void)scheduler.apply({.kind = Event::Kind::started, .instance = "Each"});
  Event expanded{.kind = Event::Kind::expanded, .instance = "Each"};
  expanded.items = std::make_shared<const json::Value>(json::Array(10, 1));
  (void)scheduler.apply(expanded);
  (void)scheduler.apply({.kind = Event::Kind::started, .instance = "Each/0/In"});
  auto commands = scheduler.apply({.kind = Event::Kind::cancel_requested});
  ASSERT_EQ(commands->size(), 2u);
  EXPECT_EQ((*commands)[0].kind, Command::Kind::stop);
  EXPECT_EQ((*commands)[1].instance, "Each/0/In");
  commands = scheduler.apply({.kind = Event::Kind::finished, .instance = "Each/0/In", .outcome = Outcome::cancelled});
  ASSERT_EQ(commands->size(), 1u);
  EXPECT_EQ((*commands)[0].kind, Command::Kind::finish);
  EXPECT_TRUE(scheduler.apply({.kind = Event::Kind::finished, .instance = "Each", .outcome = Outcome::cancelled}));
  commands = scheduler.apply({.kind = Event::Kind::finished, .instance = "A", .outcome = Outcome::succeeded});
  ASSERT_EQ(commands->size(), 1u);
  EXPECT_EQ((*commands)[0].kind, Command::Kind::finish_run);
  EXPECT_EQ((*commands)[0].outcome, Outcome::cancelled);
}

TEST(Scheduler, ATimedOutLoopFailsOnceItsWorkHasEnded) {
  Scheduler scheduler(pipeline_of(
      list({step("Loop", {}, R"("type":"Until","typeProperties":{"expression":"@x","activities":)" + list({step("In")}) + "}")})));
  (void)scheduler.apply({.kind = Event::Kind::run_started});
  (void)scheduler.apply({.kind = Event::Kind::started, .instance = "Loop"});
  (void)scheduler.apply({.kind = Event::Kind::expanded, .instance = "Loop"});
  (void)scheduler.apply({.kind = Event::Kind::started, .instance = "Loop/0/In"});
  auto commands = scheduler.apply({.kind = Event::Kind::timed_out, .instance = "Loop"});
  ASSERT_EQ(commands->size(), 1u);
  EXPECT_EQ((*commands)[0].kind, Command::Kind::stop);
  commands = scheduler.apply({.kind = Event::Kind::finished, .instance = "Loop/0/In", .outcome = Outcome::cancelled});
  ASSERT_EQ(commands->size(), 1u);
  EXPECT_EQ((*commands)[0].error->code, "ActivityTimedOut");
}

TEST(Scheduler, RefusesEventsThatDoNotFit) {
  Scheduler scheduler(pipeline_of(list({step("A")})));
  EXPECT_FALSE(scheduler.apply({.kind = Event::Kind::finished, .instance = "Nobody"}));
  EXPECT_FALSE(scheduler.apply({.kind = Event::Kind::started, .instance = "A"}));
}

TEST(Model, NamesThePathOfWhatIsWrong) {
  auto target = [](const std::string& activities) {
    auto parsed = parse_pipeline("p", "{\"properties\":{\"activities\":" + activities + "}}");
    EXPECT_FALSE(parsed);
    return parsed ? std::string() : parsed.error().target;
  };
  EXPECT_EQ(target("[1]"), "$.properties.activities[0]");
  EXPECT_EQ(target(list({step("A"), step("A")})), "$.properties.activities[1].name");
  EXPECT_EQ(target(list({step("A", {{"B", "Succeeded"}})})), "$.properties.activities[0].dependsOn[0]");
  EXPECT_EQ(target(list({step("A", {{"A", "Succeeded"}})})), "$.properties.activities");
  EXPECT_EQ(target(list({step("A", {{"A", "Maybe"}})})), "$.properties.activities[0].dependsOn[0].dependencyConditions[0]");
  EXPECT_EQ(target(list({step("A", {}, R"("type":"ForEach","typeProperties":{"items":1,"batchCount":51})")})),
            "$.properties.activities[0].typeProperties.batchCount");
}

TEST(Model, RefusesUnknownActivityTypesByName) {
  auto parsed = parse_pipeline("p", std::string_view(R"({"properties":{"activities":[{"name":"Flow","type":"ExecuteDataFlow"}]}})"));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().kind, Error::Kind::unsupported);
  EXPECT_NE(parsed.error().message.find("ExecuteDataFlow"), std::string::npos);
}

TEST(Model, ReadsTimeSpans) {
  EXPECT_EQ(parse_timespan_seconds("0.12:00:00"), 43200);
  EXPECT_EQ(parse_timespan_seconds("00:01:30"), 90);
  EXPECT_EQ(parse_timespan_seconds("7.00:00:00"), 604800);
  EXPECT_FALSE(parse_timespan_seconds("12h"));
  EXPECT_FALSE(parse_timespan_seconds("0.25:00:00"));
}

}  // namespace
}  // namespace axonite::pipeline
