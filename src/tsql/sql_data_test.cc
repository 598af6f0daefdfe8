// Runs test/sql/**/*.test against a real engine. Each file has a database of its own; its blocks share one session.
//   statement ok            text until a blank line; must give no error
//   statement error 8134    must give that number first
//   query                   text, "----", then rows: values joined by '|', NULL as NULL, until a blank line
//   session NAME            goes on as that user (no owner); "session owner" goes back
//   file PATH               text becomes the file "acct/<PATH>" of the lake ("lake/data/a.csv")
//   parquet PATH            so do the rows of a SELECT of the engine, as a Parquet file
//   once KEY true|false     batch_once() with that key; whether it kept what it did
//   describe                text, "----", then "name type" of each column
//   lineage                 "----", then the bodies of the lineage events since the last such block
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/id.h"
#include "base/text.h"
#include "engine/fake_lake.h"
#include "tsql/activity.h"
#include "tsql/catalog.h"
#include "tsql/convert.h"
#include "tsql/session.h"

namespace axonite::tsql {
namespace {

struct Collected : Sink {
  std::vector<std::string> rows_seen;
  std::vector<Message> errors, prints;
  std::vector<Column> header;
  Result<void> columns(std::span<const Column> columns) override {
    header.assign(columns.begin(), columns.end());
    return ok();
  }
  Result<void> rows(engine::Rows& rows) override {
    for (std::size_t i = 0; i < header.size(); ++i)
      EXPECT_EQ(static_cast<int>(rows.columns()[i].type.id), static_cast<int>(engine_type_of(header[i].type).id)) << header[i].name << " is declared " << type_name(header[i].type);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      std::string line;
      for (std::size_t c = 0; c < rows.columns().size(); ++c) {
        auto value = rows.value(c, r);
        line += (c ? "|" : "") + (std::holds_alternative<std::monostate>(value) ? std::string("NULL") : text_of(value));
      }
      rows_seen.push_back(line);
    }
    return ok();
  }
  Result<void> statement_done(Command, std::optional<std::int64_t>) override { return ok(); }
  Result<void> message(const Message& message) override {
    (message.severity > 10 ? errors : prints).push_back(message);
    return ok();
  }
  Result<void> database_changed(std::string_view) override { return ok(); }
  Result<void> transaction_changed(bool, bool) override { return ok(); }
  Result<void> return_status(int) override { return ok(); }
};

struct Block {
  std::string head, text;
  std::vector<std::string> expected;
  int line = 0;
};

std::vector<Block> blocks_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Block> blocks;
  std::string line;
  int number = 0;
  bool open = false, answers = false;
  while (std::getline(file, line)) {
    ++number;
    if (line.empty()) open = answers = false;
    else if (!open && !line.starts_with('#')) {
      blocks.push_back({.head = line, .line = number});
      open = true;
    } else if (open && line == "----") answers = true;
    else if (open && answers) blocks.back().expected.push_back(line);
    else if (open) blocks.back().text += line + '\n';
  }
  return blocks;
}

class Runner {
 public:
  explicit Runner(std::filesystem::path path) : path_(std::move(path)) {
    engine_ = std::move(*engine::Engine::open({.directory = directory_, .memory_limit = "256MB"}, [this](const identity::Principal& caller) { return engine::fake_view(lake_, caller.name == "mine" ? "acct" : "nothing"); }));
    events_ = std::move(*event::Stream::open(directory_ / "events.db", system_clock()));
  }
  ~Runner() {
    sessions_.clear();
    engine_.reset();
    events_.reset();
    std::filesystem::remove_all(directory_);
  }
  void run() {
    for (const Block& block : blocks_of(path_)) {
      if (block.head.starts_with("session ")) {
        user_ = block.head.substr(8);
        continue;
      }
      SCOPED_TRACE(fmt::format("{}:{}\n{}", path_.filename().string(), block.line, block.text));
      run(block);
    }
  }

 private:
  void run(const Block& block) {
    auto words = text::split(block.head, ' ');
    if (words[0] == "file") lake_.files["acct/" + std::string(words.at(1))] = block.text;
    else if (words[0] == "parquet") write_parquet(std::string(words.at(1)), block.text);
    else if (words[0] == "lineage") EXPECT_EQ(lineage(), text::join(block.expected, "\n"));
    else if (words[0] == "describe") EXPECT_EQ(described(block.text), text::join(block.expected, "\n"));
    else if (words[0] == "once") {
      Collected sink;
      auto kept = session().batch_once(words.at(1), block.text, sink);
      ASSERT_TRUE(kept) << kept.error().message;
      EXPECT_EQ(*kept, words.at(2) == "true") << (sink.errors.empty() ? "" : sink.errors[0].text);
    } else {
      run_batch(block);
    }
  }

  void run_batch(const Block& block) {
    Collected sink;
    auto done = session().batch(block.text, sink);
    ASSERT_TRUE(done) << done.error().message;
    int first = sink.errors.empty() ? 0 : sink.errors[0].number;
    int wanted = block.head.starts_with("statement error ") ? text::parse_int<int>(block.head.substr(16)).value_or(-1) : 0;
    EXPECT_EQ(first, wanted) << (sink.errors.empty() ? "" : sink.errors[0].text);
    if (block.head == "query") {
      EXPECT_EQ(text::join(sink.rows_seen, "\n"), text::join(block.expected, "\n"));
    } else {
      EXPECT_TRUE(block.head.starts_with("statement")) << block.head;
    }
  }

  void write_parquet(const std::string& path, std::string_view select) {
    auto writer = engine_->open_session({.principal = {.name = "mine"}});
    ASSERT_TRUE(writer);
    auto done = (*writer)->execute(fmt::format("COPY ({}) TO 'lake://acct/{}' (FORMAT parquet)", select, path));
    ASSERT_TRUE(done) << done.error().message << done.error().log;
  }

  std::string lineage() {
    auto events = events_->read_after(lineage_seen_, 100, "lineage");
    std::vector<std::string> bodies;
    for (const event::Event& event : *events) {
      bodies.push_back(event.body);
      lineage_seen_ = event.sequence;
    }
    return text::join(bodies, "\n");
  }

  std::string described(const std::string& batch) {
    auto columns = session().describe(batch, {});
    if (!columns) return columns.error().message;
    std::vector<std::string> lines;
    for (const Column& column : *columns) lines.push_back(column.name + " " + type_name(column.type));
    return text::join(lines, "\n");
  }

  Session& session() {
    auto& session = sessions_[user_];
    if (!session) {
      SessionOptions options{.server = "ws.sql.azuresynapse.net", .database = "pool", .login = {.name = user_}, .lake_caller = {.name = "mine"}};
      options.activity = activity_;
      options.is_owner = user_ == "owner";
      options.personality = path_.string().find("serverless") != std::string::npos ? Personality::serverless : Personality::dedicated;
      // The real one reads the log; here a folder's parts are its table.
      options.delta_scan = [](engine::Session&, std::string_view table) -> Result<std::string> { return fmt::format("read_parquet('{}/*.parquet')", table); };
      auto opened = Session::open(*engine_, *events_, system_clock(), options);
      if (!opened) {
        ADD_FAILURE() << opened.error().message << opened.error().log;
        std::abort();
      }
      session = std::move(*opened);
    }
    return *session;
  }
  std::filesystem::path path_, directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  engine::FakeLake lake_;
  std::uint64_t lineage_seen_ = 0;
  std::shared_ptr<Activity> activity_ = std::make_shared<Activity>();
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<event::Stream> events_;
  std::map<std::string, std::unique_ptr<Session>> sessions_;
  std::string user_ = "owner";
};

TEST(SqlData, EveryFileHolds) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator("test/sql"))
    if (entry.path().extension() == ".test") { Runner(entry.path()).run(); }
}

}  // namespace
}  // namespace axonite::tsql
