#pragma once
// The rules of a run, without clock or I/O: events in, commands out. apply() folds an event into the state and returns
// what has become due; pending() says everything that is due now, which is how a run goes on after a restart.
//
// Rules (MicrosoftDocs tutorial-pipeline-failure-error-handling, and reference of this project):
//  * an activity runs when every entry of dependsOn holds; an entry holds when any of its conditions does;
//  * an activity whose dependencies ended without that is skipped, and counts as `skipped` for those after it;
//  * a scope (the pipeline, a branch, an iteration) succeeds when all its leaves did, a skipped leaf being replaced by
//    the activities it depends on;
//  * ForEach runs all iterations whatever their outcome and fails at the end; Until goes on over failed iterations.
// Iterations take the next free slot; the service's static queues differ only in total time.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/model.h"
#include "pipeline/run_event.h"

namespace axonite::pipeline {

struct Command {
  enum class Kind {
    run,          // start attempt `attempt`; answer started, then (containers) expanded or finished
    retry,        // the same, `delay_seconds` after the last attempt ended
    check_until,  // evaluate Until's condition; answer iterated, or finished when that fails
    finish,       // record the end of a container or an inactive activity; answer finished as given
    stop,         // ask a running activity to end; answer finished(cancelled) when it has
    finish_run,   // answer run_finished as given
  };
  Kind kind = Kind::run;
  std::string instance;
  const Activity* activity = nullptr;
  int attempt = 1;
  int delay_seconds = 0;
  int index = 0;  // check_until: the iteration
  Outcome outcome = Outcome::succeeded;
  bool inactive = false;
  std::optional<ActivityError> error;
};

// Where an activity of a scope stands.
struct Node {
  enum class State { waiting, ready, running, retrying, checking, closing, done };
  State state = State::waiting;
  const Activity* activity = nullptr;
  std::size_t unresolved = 0;  // dependencies not done
  int attempt = 1;
  Outcome outcome = Outcome::succeeded;  // when done, as dependencies see it
  JsonPointer output;
  std::optional<ActivityError> error;
  Time began{}, finished{};  // of the last attempt
  std::string child_run_id;
  std::string activity_run_id;

  // Containers.
  bool expanded = false;
  bool stopping = false;
  bool timed_out = false;
  int branch = -1;
  JsonPointer items;
  int next_iteration = 0;
  int open_iterations = 0;
  bool filling = false;
  std::optional<ActivityError> inner_error;
  std::map<int, std::unique_ptr<struct Scope>> scopes;
};

struct Scope {
  std::string path;  // "" or "EachTable/3"
  Node* container = nullptr;
  Scope* outer = nullptr;
  int iteration = 0;
  JsonPointer item;  // ForEach
  std::vector<Node> nodes;
  std::size_t open = 0;     // activities not done
  bool open_done = false;   // its end has been acted on
};

class Scheduler {
 public:
  explicit Scheduler(std::shared_ptr<const Pipeline> pipeline);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;

  // An event that does not fit the state (a bug, or a damaged log) is internal("…") and changes nothing.
  Result<std::vector<Command>> apply(const Event& event);
  std::vector<Command> pending() const;

  const Pipeline& pipeline() const { return *pipeline_; }
  bool started() const { return started_; }
  bool finished() const { return finished_; }
  bool cancelling() const { return cancelling_; }

  // What expressions at `instance` see: activities of its own scope and of the scopes around it; the loop's item.
  // `inside`: for Until's condition, which also sees the body of its last iteration.
  const Node* visible(std::string_view instance, std::string_view activity, bool inside = false) const;
  JsonPointer item(std::string_view instance) const;
  const Node* node(std::string_view instance) const;
  const std::map<std::string, JsonPointer>& variables() const { return variables_; }  // keys in lower case
  const std::map<std::string, JsonPointer>& return_values() const { return return_values_; }

 private:
  struct Plan;
  using Commands = std::vector<Command>;

  const Plan& plan(const std::vector<Activity>& activities);
  std::unique_ptr<Scope> make_scope(const std::vector<Activity>& activities, std::string path, Node* container,
                                    Scope* outer, int iteration);
  void open_scope(Scope& scope, Commands& out);
  void resolve(Scope& scope, Node& node, Commands& out);
  void finish_node(Scope& scope, Node& node, Outcome outcome, Commands& out);
  void scope_done(Scope& scope, Commands& out);
  void iteration_done(Scope& scope, const std::optional<ActivityError>& error, Commands& out);
  void fill_slots(Scope& scope, Node& node, Commands& out);
  void close_container(Scope& scope, Node& node, Commands& out);
  void stop_scope(Scope& scope, Commands& out);
  static std::vector<Scope*> open_scopes(Node& node);
  std::optional<ActivityError> scope_error(const Scope& scope);
  Result<void> apply_to_node(Scope& scope, Node& node, const Event& event, Commands& out);
  static Result<void> apply_started(Node& node, const Event& event);
  Result<void> apply_expanded(Scope& scope, Node& node, const Event& event, Commands& out);
  Result<void> apply_iterated(Scope& scope, Node& node, const Event& event, Commands& out);
  Result<void> apply_finished(Scope& scope, Node& node, const Event& event, Commands& out);
  Command command(Command::Kind kind, const Scope& scope, const Node& node) const;
  Command finish_command(const Scope& scope, const Node& node) const;
  Command finish_run_command() const;
  void collect(const Scope& scope, Commands& out) const;
  std::pair<Scope*, Node*> locate(std::string_view instance) const;
  void apply_effect(const Effect& effect);

  std::shared_ptr<const Pipeline> pipeline_;
  std::map<const void*, std::unique_ptr<Plan>> plans_;
  std::unique_ptr<Scope> root_;
  std::vector<std::unique_ptr<Scope>> finished_scopes_;  // iterations that ended within the current apply()
  std::map<std::string, JsonPointer> variables_, return_values_;
  std::optional<ActivityError> run_error_;
  bool started_ = false, finished_ = false, cancelling_ = false, run_closing_ = false;
};

}  // namespace axonite::pipeline
