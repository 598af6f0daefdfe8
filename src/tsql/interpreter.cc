#include "tsql/interpreter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "tsql/activity.h"
#include "tsql/convert.h"
#include "tsql/failure.h"
#include "tsql/parser.h"

namespace axonite::tsql {
namespace {

// Options that have one effect here whatever they say ("" ), or one value that can be had.
struct FixedOption {
  std::string_view name, value;
};
constexpr FixedOption kFixedOptions[] = {
    {"ARITHABORT", ""}, {"LOCK_TIMEOUT", ""}, {"DEADLOCK_PRIORITY", ""}, {"TEXTSIZE", ""}, {"CURSOR_CLOSE_ON_COMMIT", ""}, {"RESULT_SET_CACHING", ""}, {"REMOTE_PROC_TRANSACTIONS", ""},
    {"QUOTED_IDENTIFIER", ""},  // sqlcmd switches it off at login, whatever the service
    {"XACT_ABORT", ""},         // every error ends the transaction, as in the service
    {"ANSI_NULL_DFLT_ON", ""}, {"ANSI_NULL_DFLT_OFF", "OFF"}, {"ANSI_DEFAULTS", ""},
    {"CONCAT_NULL_YIELDS_NULL", "ON"}, {"ANSI_WARNINGS", "ON"}, {"ANSI_PADDING", "ON"}, {"ANSI_NULLS", "ON"}, {"NUMERIC_ROUNDABORT", "OFF"}, {"ARITHIGNORE", "OFF"},
    {"DATEFORMAT", "MDY"}, {"QUERY_GOVERNOR_COST_LIMIT", "0"}, {"NOEXEC", "OFF"}, {"PARSEONLY", "OFF"}, {"SHOWPLAN_ALL", "OFF"}, {"SHOWPLAN_TEXT", "OFF"}, {"SHOWPLAN_XML", "OFF"},
    {"STATISTICS", "OFF"}, {"FORCEPLAN", "OFF"}};

Result<void> check_fixed_option(const std::vector<std::string>& words, int line) {
  if (words.front() == "TRANSACTION") {
    // Reads see one snapshot: that is all levels but one.
    if (words.back() == "SERIALIZABLE") return std::unexpected(not_supported("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", line));
    return ok();
  }
  // SET a, b, c ON
  std::size_t names = words.front() == "STATISTICS" ? 1 : std::max<std::size_t>(words.size(), 2) - 1;
  for (std::size_t i = 0; i < std::min(names, words.size()); ++i) {
    auto known = std::ranges::find(kFixedOptions, words[i], &FixedOption::name);
    if (known == std::end(kFixedOptions)) return std::unexpected(failure(195, fmt::format("'{}' is not a recognized SET option.", words[i]), line, 15));
    if (!known->value.empty() && !text::equals_ignoring_case(known->value, words.back())) return std::unexpected(not_supported(fmt::format("SET {} {}", words[i], words.back()), line));
  }
  return ok();
}

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

}  // namespace

Interpreter::Interpreter(std::unique_ptr<engine::Session> engine, event::Stream& events, Clock& clock, SessionOptions options)
    : engine_(std::move(engine)), events_(events), options_(std::move(options)), catalog_(*engine_, clock) {
  state_.engine = engine_.get();
  state_.clock = &clock;
  state_.options = &options_;
  state_.catalog = &catalog_;
  state_.database = options_.database;
  if (!options_.activity) options_.activity = std::make_shared<Activity>();
  state_.activity = options_.activity.get();
  state_.activity_key = text::to_lower(engine_database(options_));
  SessionActivity me{.database = state_.activity_key, .login = options_.login.name, .host = options_.host, .application = options_.application, .connected = clock.now()};
  state_.spid = state_.activity->enter(std::move(me), [this] {
    killed_ = true;
    interrupt();
  });
  state_.session_id = fmt::format("SID{}", state_.spid);
}

Interpreter::~Interpreter() { state_.activity->leave(state_.spid); }

void Interpreter::interrupt() {
  interrupted_ = true;
  engine_->interrupt();
}

Result<void> Interpreter::message(int number, int severity, std::string text, int state, int line) {
  auto sent = sink_->message({.number = number, .severity = severity, .state = state, .line = line, .text = std::move(text), .procedure = state_.procedures.empty() ? "" : state_.procedures.back()});
  if (!sent) fatal_ = true;
  return sent;
}

Result<void> Interpreter::done(Command command, std::optional<std::int64_t> count) {
  state_.error = 0;
  if (count) state_.rowcount = *count;
  auto sent = sink_->statement_done(command, state_.set.nocount ? std::nullopt : count);
  if (!sent) fatal_ = true;
  return sent;
}

Result<void> Interpreter::report(Error error, int line) {
  Message message = message_of(with_line(std::move(error), line));
  if (message.procedure.empty() && !state_.procedures.empty()) message.procedure = state_.procedures.back();
  state_.error = message.number;
  auto sent = sink_->message(message);
  if (!sent) fatal_ = true;
  CHECK_OK(std::move(sent));
  return sink_->statement_done(Command::other, std::nullopt);
}

// A T-SQL error ends the batch as a message; what the session cannot survive comes back.
Result<void> Interpreter::guarded(Sink& sink, std::string_view command, const std::function<Result<void>()>& work) {
  sink_ = &sink;
  fatal_ = false;
  interrupted_ = false;
  state_.statement_time = state_.clock->now();
  if (killed_) return std::unexpected(cancelled("SessionKilled", "Cannot continue the execution because the session is in the kill state."));
  request_ = state_.activity->begin(state_.spid, command, state_.statement_time);
  bool failed = false;
  auto done = run_reported([&] {
    auto outcome = work();
    failed = !outcome;
    return outcome;
  });
  state_.activity->end(request_, !done ? "Cancelled" : failed ? "Failed" : "Completed", failed ? state_.error : 0, state_.clock->now());
  return done;
}

Result<void> Interpreter::run_reported(const std::function<Result<void>()>& work) {
  auto done = work();
  if (done) return ok();
  if (fatal_ || done.error().kind == Error::Kind::cancelled) {
    if (state_.transaction_depth > 0) doom();
    return done;
  }
  return report(std::move(done.error()), 1);
}

Result<void> Interpreter::batch(std::string_view text, Sink& sink) { return batch(text, {}, sink); }

Result<void> Interpreter::batch(std::string_view text, std::span<Parameter> parameters, Sink& sink) {
  return guarded(sink, text, [&]() -> Result<void> {
    state_.variables.clear();
    for (const Parameter& parameter : parameters) state_.variables[text::to_lower(parameter.name)] = {parameter.type, parameter.value};
    CHECK_OK(run_text(text));
    for (Parameter& parameter : parameters)
      if (parameter.output) parameter.value = state_.variables[text::to_lower(parameter.name)].value;
    return ok();
  });
}

Result<void> Interpreter::run_text(std::string_view text) {
  TRY(Block block, parse_batch(text));
  CHECK_OK(run(block));
  return ok();
}

Result<bool> Interpreter::batch_once(std::string_view key, std::string_view text, Sink& sink) {
  engine::Value parameters[] = {std::string(key)};
  TRY(auto rows, engine_->query("SELECT 1 FROM axonite.batches WHERE key = $1", parameters));
  TRY(bool known, rows->next());
  known = known && rows->size() > 0;
  rows.reset();
  if (known) return false;
  bool failed = false;
  auto ran = guarded(sink, text, [&]() -> Result<void> {
    state_.variables.clear();
    CHECK_OK(transaction({.kind = TransactionStatement::Kind::begin}, 1));
    auto done = run_text(text);
    if (done && !state_.doomed && state_.transaction_depth > 0) {
      engine::Value row[] = {std::string(key), format_iso(state_.clock->now()).substr(0, 26)};
      auto noted = engine_->execute("INSERT INTO axonite.batches VALUES ($1, CAST($2 AS TIMESTAMP))", row);
      if (!noted) done = std::unexpected(std::move(noted.error()));
      else done = transaction({.kind = TransactionStatement::Kind::commit}, 1);
    } else if (done) {
      done = std::unexpected(failure(3902, "The batch ended its transaction itself, so that it cannot be run exactly once."));
    }
    failed = !done;
    if (failed && state_.transaction_depth > 0) CHECK_OK(transaction({.kind = TransactionStatement::Kind::rollback}, 1));
    return done;
  });
  if (!ran) return std::unexpected(std::move(ran.error()));
  return !failed;
}

Result<Flow> Interpreter::run(const Block& block) {
  for (const Statement& statement : block) {
    TRY(Flow flow, run(statement));
    if (flow != Flow::next) return flow;
  }
  return Flow::next;
}

Result<Flow> Interpreter::run(const Statement& statement) {
  if (interrupted_) {
    fatal_ = true;
    return std::unexpected(cancelled("QueryCancelled", "The batch was cancelled."));
  }
  state_.statement_time = state_.clock->now();
  auto flow = std::visit(
      Overloaded{[&](const IfStatement& node) -> Result<Flow> {
                   TRY(bool yes, holds(*node.condition));
                   return run(yes ? node.then : node.otherwise);
                 },
                 [&](const WhileStatement& node) { return loop(node); },
                 [&](const BlockStatement& node) { return run(node.body); },
                 [&](const BreakStatement&) -> Result<Flow> { return Flow::break_; },
                 [&](const ContinueStatement&) -> Result<Flow> { return Flow::continue_; },
                 [&](const ReturnStatement& node) -> Result<Flow> {
                   if (node.value) {
                     TRY(auto value, evaluate_as(*node.value, {.id = TypeId::int_}, statement.line));
                     state_.variables["@@return"] = {{.id = TypeId::int_}, std::move(value)};
                   }
                   return Flow::return_;
                 },
                 [&](const TryStatement& node) { return attempt(node); },
                 [&](const auto&) -> Result<Flow> {
                   CHECK_OK(simple(statement));
                   return Flow::next;
                 }},
      statement.node);
  if (flow) return flow;
  if (fatal_ || flow.error().kind == Error::Kind::cancelled) return flow;
  if (state_.transaction_depth > 0 && !state_.doomed) doom();
  return std::unexpected(with_line(std::move(flow.error()), statement.line));
}

Result<Flow> Interpreter::loop(const WhileStatement& statement) {
  while (true) {
    TRY(bool more, holds(*statement.condition));
    if (!more) return Flow::next;
    TRY(Flow flow, run(statement.body));
    if (flow == Flow::break_) return Flow::next;
    if (flow == Flow::return_) return flow;
    if (interrupted_) return std::unexpected(cancelled("QueryCancelled", "The batch was cancelled."));
  }
}

Result<Flow> Interpreter::attempt(const TryStatement& statement) {
  auto flow = run(statement.body);
  if (flow) return flow;
  if (fatal_ || flow.error().kind == Error::Kind::cancelled) return flow;
  Message caught = message_of(flow.error());
  if (caught.procedure.empty() && !state_.procedures.empty()) caught.procedure = state_.procedures.back();
  auto outer = std::exchange(state_.caught, caught);
  state_.error = caught.number;
  auto handled = run(statement.handler);
  state_.caught = std::move(outer);
  return handled;
}

Result<void> Interpreter::simple(const Statement& s) {
  int line = s.line;
  return std::visit(
      Overloaded{[&](const QueryStatement& node) { return select(node, line); },
                 [&](const DeclareStatement& node) { return declare(node); },
                 [&](const AssignStatement& node) { return assign(node.variable, node.assignment, *node.value, line); },
                 [&](const SetOptionStatement& node) { return set_option(node, line); },
                 [&](const PrintStatement& node) { return print(node.value); },
                 [&](const RaiserrorStatement& node) { return raiserror(node); },
                 [&](const ThrowStatement& node) { return throw_(node, line); },
                 [&](const TransactionStatement& node) { return transaction(node, line); },
                 [&](const UseStatement& node) -> Result<void> {
                   if (!text::equals_ignoring_case(node.database, state_.database))
                     return std::unexpected(failure(40508, "USE statement is not supported to switch between databases. Use a new connection to connect to a different database.", line));
                   CHECK_OK(sink_->database_changed(state_.database));
                   return done(Command::other, std::nullopt);
                 },
                 [&](const InsertStatement& node) { return insert(node, line); },
                 [&](const UpdateStatement& node) { return update(node, line); },
                 [&](const DeleteStatement& node) { return delete_(node, line); },
                 [&](const MergeStatement& node) { return merge(node, line); },
                 [&](const CopyIntoStatement& node) { return copy_into(node, line); },
                 [&](const ExecuteStatement& node) { return execute_statement(node, line); },
                 [&](const KillStatement& node) { return kill(node, line); },
                 [&](const NoEffectStatement&) { return done(Command::other, std::nullopt); },
                 [&](const auto&) { return ddl(s); }},
      s.node);
}

Result<void> Interpreter::kill(const KillStatement& statement, int line) {
  if (!options_.is_owner) return std::unexpected(failure(6102, "User does not have permission to use the KILL statement.", line, 14));
  std::string_view number = statement.session;
  if (text::starts_with_ignoring_case(number, "SID")) number.remove_prefix(3);
  auto spid = text::parse_int<int>(number);
  if (!spid) return std::unexpected(failure(6101, fmt::format("Session ID {} is not valid.", statement.session), line));
  if (*spid == state_.spid) return std::unexpected(failure(6104, "Cannot use KILL to kill your own process.", line));
  if (!state_.activity->kill(state_.activity_key, *spid)) return std::unexpected(failure(6106, fmt::format("Process ID {} is not an active process ID.", *spid), line));
  return done(Command::other, std::nullopt);
}

void Interpreter::note_label(const Query& query) {
  if (!query.label.empty()) state_.activity->label(request_, query.label);
}

Result<void> Interpreter::print(const ExpressionPtr& value) {
  TRY(auto text, evaluate_as(*value, {.id = TypeId::nvarchar, .length = 4000}, value->line));
  return message(0, 0, text_of(text), 1, value->line);
}

Result<void> Interpreter::raiserror(const RaiserrorStatement& statement) {
  Binder binder(state_);
  TRY(Bound first, binder.standalone(*statement.arguments[0]));
  std::string text;
  int number = 50000;
  TRY(auto value, evaluate(first));
  if (is_string(first.type.id)) text = text_of(value);
  else {
    number = static_cast<int>(integer_of(value));
    text = fmt::format("Error {}, severity unknown, state unknown was raised, but no message with that error number was found.", number);
  }
  TRY(auto severity, evaluate_as(*statement.arguments[1], {.id = TypeId::int_}, 0));
  TRY(auto state, evaluate_as(*statement.arguments[2], {.id = TypeId::int_}, 0));
  // printf-like: %s, %d, %i, %u, %%.
  std::string out;
  std::size_t next = 3;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool place = text[i] == '%' && i + 1 < text.size();
    if (place && text[i + 1] == '%') {
      out += '%';
      ++i;
    } else if (place && std::string_view("sdiu").find(text[i + 1]) != std::string_view::npos) {
      if (next < statement.arguments.size()) {
        TRY(auto argument, evaluate_as(*statement.arguments[next++], {.id = TypeId::nvarchar, .length = 4000}, 0));
        out += std::holds_alternative<std::monostate>(argument) ? "(null)" : text_of(argument);
      }
      ++i;
    } else {
      out += text[i];
    }
  }
  int level = static_cast<int>(integer_of(severity));
  Message raised{.number = number, .severity = level, .state = static_cast<int>(integer_of(state)), .line = statement.arguments[0]->line, .text = std::move(out)};
  if (level > 10) {
    state_.error = number;
    return std::unexpected(failure_of(raised));
  }
  return message(raised.number, level, raised.text, raised.state, raised.line);
}

Result<void> Interpreter::throw_(const ThrowStatement& statement, int line) {
  if (!statement.number) {
    if (!state_.caught) return std::unexpected(failure(10704, "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.", line, 15));
    return std::unexpected(failure_of(*state_.caught));
  }
  TRY(auto number, evaluate_as(*statement.number, {.id = TypeId::int_}, line));
  TRY(auto text, evaluate_as(*statement.text, {.id = TypeId::nvarchar, .length = 2048}, line));
  TRY(auto state, evaluate_as(*statement.state, {.id = TypeId::int_}, line));
  if (integer_of(number) < 50000) return std::unexpected(failure(35100, fmt::format("Error number {} in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.", integer_of(number)), line));
  return std::unexpected(failure(static_cast<int>(integer_of(number)), text_of(text), line, 16, static_cast<int>(integer_of(state))));
}

Result<void> Interpreter::declare(const DeclareStatement& statement) {
  Binder binder(state_);
  for (const DeclaredVariable& variable : statement.variables) {
    TRY(Type type, binder.type(variable.type, variable.line));
    std::string key = text::to_lower(variable.name);
    engine::Value value;
    if (variable.value) {
      TRY(value, evaluate_as(*variable.value, type, variable.line));
    }
    state_.variables[key] = {type, std::move(value)};
  }
  return ok();
}

Result<void> Interpreter::assign(const std::string& variable, const std::string& op, const Expression& value, int line) {
  auto found = state_.variables.find(text::to_lower(variable));
  if (found == state_.variables.end()) return std::unexpected(failure(137, fmt::format("Must declare the scalar variable \"{}\".", variable), line, 15));
  Binder binder(state_);
  auto both = binder.standalone(value);
  if (op != "=") {
    TRY(Bound right, std::move(both));
    both = binder.combine(literal_bound(found->second.type, found->second.value), std::move(right), op.substr(0, 1), line);
  }
  TRY(Bound bound, std::move(both));
  TRY(bound, convert(std::move(bound), found->second.type, Conversion::explicit_, {}, {}, line));
  TRY(found->second.value, evaluate(bound));
  return done(Command::other, std::nullopt);
}

Result<engine::Value> Interpreter::evaluate(const Bound& bound) {
  TRY(auto rows, engine_->query("SELECT " + bound.sql));
  TRY(bool any, rows->next());
  return any ? rows->value(0, 0) : engine::Value{};
}

Result<engine::Value> Interpreter::evaluate_as(const Expression& expression, const Type& type, int line) {
  Binder binder(state_);
  TRY(Bound bound, binder.standalone(expression));
  TRY(bound, convert(std::move(bound), type, Conversion::explicit_, {}, {}, line));
  return evaluate(bound);
}

Result<bool> Interpreter::holds(const Expression& condition) {
  Binder binder(state_);
  TRY(Bound bound, binder.condition(condition, nullptr));
  TRY(auto value, evaluate(bound));
  return integer_of(value) != 0;
}

Result<void> Interpreter::set_option(const SetOptionStatement& statement, int line) {
  const auto& words = statement.words;
  bool on = words.back() == "ON";
  const std::string& name = words.front();
  if (name == "NOCOUNT") state_.set.nocount = on;
  else if (name == "FMTONLY") state_.set.fmtonly = on;
  else if (name == "IMPLICIT_TRANSACTIONS") { if (on) return std::unexpected(not_supported("SET IMPLICIT_TRANSACTIONS ON", line)); }
  else if (name == "ROWCOUNT") state_.set.rowcount = words.size() > 1 ? text::parse_int<std::int64_t>(words[1]).value_or(0) : 0;
  else if (name == "LANGUAGE") state_.set.language = words.back();
  else if (name == "DATEFIRST") { if (words.back() != "7") return std::unexpected(not_supported("SET DATEFIRST other than 7", line)); }
  else CHECK_OK(check_fixed_option(words, line));
  return done(Command::other, std::nullopt);
}

Result<void> Interpreter::begin(Sink& sink) { return guarded(sink, "BEGIN TRANSACTION", [&] { return transaction({.kind = TransactionStatement::Kind::begin}, 1); }); }
Result<void> Interpreter::commit(Sink& sink) { return guarded(sink, "COMMIT TRANSACTION", [&] { return transaction({.kind = TransactionStatement::Kind::commit}, 1); }); }
Result<void> Interpreter::rollback(Sink& sink) { return guarded(sink, "ROLLBACK TRANSACTION", [&] { return transaction({.kind = TransactionStatement::Kind::rollback}, 1); }); }

Result<void> Interpreter::reset() {
  if (state_.transaction_depth > 0 && !state_.doomed) (void)engine_->execute("ROLLBACK");
  for (const auto& [key, object] : state_.temporary) (void)engine_->execute("DROP TABLE IF EXISTS " + object.sql_name());
  state_.temporary.clear();
  state_.variables.clear();
  state_.set = {};
  state_.transaction_depth = 0;
  state_.doomed = false;
  pending_lineage_.clear();
  return ok();
}

Result<std::vector<Parameter>> Interpreter::parse_declarations(std::string_view text) {
  TRY(auto declared, parse_parameter_list(text));
  Binder binder(state_);
  std::vector<Parameter> parameters;
  for (const DeclaredVariable& variable : declared) {
    TRY(Type type, binder.type(variable.type, variable.line));
    parameters.push_back({.name = variable.name, .type = type, .output = variable.output});
  }
  return parameters;
}

std::string engine_database(const SessionOptions& options) {
  std::string workspace = text::to_lower(options.server.substr(0, options.server.find('.')));
  if (options.personality == Personality::dedicated) return workspace + "/" + options.database;
  if (workspace.ends_with("-ondemand")) workspace.resize(workspace.size() - 9);
  return workspace + "/serverless/" + options.database;
}

Result<std::unique_ptr<Session>> Session::open(engine::Engine& engine, event::Stream& events, Clock& clock, SessionOptions options) {
  std::string key = engine_database(options);
  CHECK_OK(engine.attach(key));
  TRY(auto session, engine.open_session({.principal = options.lake_caller, .database = key}));
  CHECK_OK(Catalog::prepare(*session));
  return std::make_unique<Interpreter>(std::move(session), events, clock, std::move(options));
}

}  // namespace axonite::tsql
