// Runs over a shell script that speaks the worker's protocol: what is asked of it is written to a file.
#include "notebook/runs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>

namespace axonite::notebook {
namespace {

// Answers by the cell's text: "raise" fails, "leave" exits with 7, "hang" never answers, "die" ends; the rest prints.
constexpr const char* kFakeKernel = R"sh(
echo '{"type":"ready"}' >&3
while read -r line <&3; do
  echo "$line" >> "$LOG"
  case "$line" in
    *raise*) echo '{"type":"done","status":"error","ename":"ValueError","evalue":"no","traceback":["line 1"]}' >&3 ;;
    *leave*) echo '{"type":"done","status":"exit","value":"7"}' >&3 ;;
    *hang*) sleep 100 ;;
    *die*) exit 9 ;;
    *cell*) echo '{"type":"output","output":{"output_type":"stream","name":"stdout","text":"said"}}' >&3
            echo '{"type":"done","status":"ok"}' >&3 ;;
    *) echo '{"type":"done","status":"ok"}' >&3 ;;
  esac
done
)sh";

class FakeHeaders : public IdentityHeaders {
 public:
  std::string mint(const identity::Principal& principal) override {
    live = "header-of-" + principal.object_id;
    return live;
  }
  void revoke(std::string_view header) override {
    if (header == live) live.clear();
    ++revoked;
  }
  std::string live;
  int revoked = 0;
};

class RunsTest : public testing::Test {
 protected:
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("notebook-test-" + std::to_string(::getpid()));
  std::filesystem::path log_ = folder_ / "log";
  FakeHeaders headers_;
  std::unique_ptr<worker::Pool> pool_;
  std::unique_ptr<Runs> runs_;
  Context context_{.principal = {.object_id = "ada"}, .workspace = "ws", .spark_pool = "small"};

  void SetUp() override {
    std::filesystem::create_directories(folder_);
    pool_ = std::make_unique<worker::Pool>(worker::PoolOptions{
        .command = {"/bin/sh", "-c", kFakeKernel}, .environment = {{"PATH", "/usr/bin:/bin"}, {"LOG", log_.string()}}, .directory = folder_ / "workers"});
    auto environment = [](std::stop_token) -> Result<std::map<std::string, std::string>> { return std::map<std::string, std::string>{{"HTTPS_PROXY", "here"}}; };
    runs_ = std::move(*Runs::open({.directory = folder_ / "runs", .records_max = 3}, *pool_, headers_, environment, system_clock()));
  }
  void TearDown() override {
    runs_.reset();
    pool_.reset();
    std::filesystem::remove_all(folder_);
  }

  static Notebook made(std::vector<Cell> cells) { return {.name = "n", .cells = std::move(cells)}; }
  Result<notebook::Run> run(std::vector<Cell> cells, const char* parameters = "{}") { return runs_->run(made(std::move(cells)), *json::parse(parameters), context_, {}); }
  std::vector<json::Value> asked() {
    std::vector<json::Value> messages;
    std::string text = read_file(log_).value_or("");
    for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) messages.push_back(*json::parse(text.substr(at, end - at)));
    return messages;
  }
};

TEST_F(RunsTest, SetsParametersAfterTheirCell) {
  auto ended = run({{"a = 1"}, {"b = 1", true}, {"c = 1"}}, R"({"b":2})");
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_FALSE(ended->failure);
  auto messages = asked();
  ASSERT_EQ(messages.size(), 5u);
  EXPECT_EQ(json::string_or(messages[0], "environment.HTTPS_PROXY"), "here");
  EXPECT_EQ(json::string_or(messages[0], "environment.IDENTITY_HEADER"), "header-of-ada");
  EXPECT_EQ(json::string_or(messages[0], "context.sparkPool"), "small");
  EXPECT_EQ(json::string_or(messages[2], "source"), "b = 1");
  EXPECT_EQ(json::write(messages[3]), R"({"type":"parameters","values":{"b":2}})");
  EXPECT_EQ(headers_.revoked, 1);
}

TEST_F(RunsTest, SetsParametersFirstWithoutACellForThem) {
  ASSERT_TRUE(run({{"a = 1"}}, R"({"b":2})"));
  EXPECT_EQ(json::string_or(asked()[1], "type"), "parameters");
}

TEST_F(RunsTest, StopsWhereTheNotebookExits) {
  auto ended = run({{"leave"}, {"never"}});
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->exit_value, "7");
  EXPECT_EQ(asked().size(), 2u);
}

TEST_F(RunsTest, StopsWhereACellRaises) {
  auto ended = run({{"fine"}, {"raise"}, {"never"}});
  ASSERT_TRUE(ended && ended->failure);
  EXPECT_EQ(ended->failure->name, "ValueError");
  EXPECT_EQ(ended->failure->value, "no");
  auto record = *json::parse(*runs_->record(ended->id));
  EXPECT_EQ(json::string_or(record, "status"), "Failed");
  EXPECT_EQ(json::write(*json::find(record, "cells")),
            R"([{"cell_type":"code","source":"fine","outputs":[{"output_type":"stream","name":"stdout","text":"said"}]},)"
            R"({"cell_type":"code","source":"raise","outputs":[{"output_type":"error","ename":"ValueError","evalue":"no","traceback":["line 1"]}]}])");
}

TEST_F(RunsTest, SaysWhenTheWorkerDied) {
  auto ended = run({{"die"}});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, "WorkerDied");
  EXPECT_EQ(headers_.live, "");
  EXPECT_EQ(pool_->running(), 0u);
}

TEST_F(RunsTest, EndsWhenItIsToldTo) {
  std::stop_source stop;
  std::jthread later([&] {
    while (asked().size() < 2) std::this_thread::yield();
    stop.request_stop();
  });
  auto ended = runs_->run(made({{"hang"}}), json::Object(), context_, stop.get_token());
  EXPECT_EQ(ended.error().kind, Error::Kind::cancelled);
  EXPECT_EQ(headers_.live, "");
}

TEST_F(RunsTest, KeepsOnlySoManyRecords) {
  std::vector<std::string> ids;
  for (int number = 0; number < 5; ++number) ids.push_back(run({{"a"}})->id);
  EXPECT_EQ(std::ranges::count_if(ids, [this](const std::string& id) { return runs_->record(id).has_value(); }), 3);
  EXPECT_EQ(runs_->record("../log").error().code, "NotebookRunNotFound");
}

}  // namespace
}  // namespace axonite::notebook
