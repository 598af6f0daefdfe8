#include "pipeline/scheduler.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace axonite::pipeline {

// What is fixed per list of activities: made once, used by every iteration.
struct Scheduler::Plan {
  std::vector<std::vector<std::size_t>> dependencies;  // per activity, per dependsOn entry: its index
  std::vector<std::vector<std::size_t>> followers;
  std::map<std::string, std::size_t> index;  // by lower-case name
  const std::vector<Activity>* activities = nullptr;
};

namespace {

std::string instance_of(const Scope& scope, const Activity& activity) {
  return scope.path.empty() ? activity.name : scope.path + "/" + activity.name;
}

const std::vector<Activity>& body_of(const Activity& activity, int branch) {
  static const std::vector<Activity> kNone;
  if (branch < 0 || static_cast<std::size_t>(branch) >= activity.branches.size()) return kNone;
  return activity.branches[static_cast<std::size_t>(branch)].activities;
}

bool holds(DependencyCondition condition, Outcome outcome) {
  switch (condition) {
    case DependencyCondition::succeeded: return outcome == Outcome::succeeded;
    case DependencyCondition::failed: return outcome == Outcome::failed;
    case DependencyCondition::skipped: return outcome == Outcome::skipped;
    case DependencyCondition::completed: return outcome == Outcome::succeeded || outcome == Outcome::failed;
  }
  return false;
}

bool holds(const Dependency& dependency, Outcome outcome) {
  for (DependencyCondition condition : dependency.conditions)
    if (holds(condition, outcome)) return true;
  return false;
}

std::size_t items_count(const Node& node) {
  return node.items && node.items->is_array() ? node.items->get_array().size() : 0;
}

}  // namespace

Scheduler::Scheduler(std::shared_ptr<const Pipeline> pipeline) : pipeline_(std::move(pipeline)) {
  for (const Variable& variable : pipeline_->variables) {
    json::Value initial = variable.type == "array" ? json::Value(json::Array())
                          : variable.type == "bool" ? json::Value(false)
                          : variable.type == "integer" ? json::Value(0)
                                                       : json::Value("");
    if (variable.default_value) initial = *variable.default_value;
    variables_[text::to_lower(variable.name)] = std::make_shared<const json::Value>(std::move(initial));
  }
  root_ = make_scope(pipeline_->activities, "", nullptr, nullptr, 0);
}
Scheduler::~Scheduler() = default;

const Scheduler::Plan& Scheduler::plan(const std::vector<Activity>& activities) {
  auto& plan = plans_[&activities];
  if (plan) return *plan;
  plan = std::make_unique<Plan>();
  plan->activities = &activities;
  plan->dependencies.resize(activities.size());
  plan->followers.resize(activities.size());
  for (std::size_t i = 0; i < activities.size(); ++i) plan->index[text::to_lower(activities[i].name)] = i;
  for (std::size_t i = 0; i < activities.size(); ++i)
    for (const Dependency& dependency : activities[i].depends_on) {
      std::size_t on = plan->index.at(text::to_lower(dependency.activity));
      plan->dependencies[i].push_back(on);
      plan->followers[on].push_back(i);
    }
  return *plan;
}

std::unique_ptr<Scope> Scheduler::make_scope(const std::vector<Activity>& activities, std::string path, Node* container,
                                             Scope* outer, int iteration) {
  auto scope = std::make_unique<Scope>();
  scope->path = std::move(path);
  scope->container = container;
  scope->outer = outer;
  scope->iteration = iteration;
  scope->nodes.resize(activities.size());
  scope->open = activities.size();
  (void)plan(activities);
  for (std::size_t i = 0; i < activities.size(); ++i) {
    scope->nodes[i].activity = &activities[i];
    scope->nodes[i].unresolved = activities[i].depends_on.size();
  }
  return scope;
}

Command Scheduler::command(Command::Kind kind, const Scope& scope, const Node& node) const {
  Command command{.kind = kind, .instance = instance_of(scope, *node.activity), .activity = node.activity};
  command.attempt = node.attempt;
  if (kind == Command::Kind::retry) command.delay_seconds = node.activity->policy.retry_interval_seconds;
  if (kind == Command::Kind::check_until) command.index = node.next_iteration - 1;
  return command;
}

void Scheduler::open_scope(Scope& scope, Commands& out) {
  // A skip of an inactive root could resolve others, so `waiting` is asked again at each step.
  for (Node& node : scope.nodes)
    if (node.state == Node::State::waiting && node.unresolved == 0) resolve(scope, node, out);
  if (scope.nodes.empty()) scope_done(scope, out);
}

// All dependencies of `node` are done: it runs or is skipped.
void Scheduler::resolve(Scope& scope, Node& node, Commands& out) {
  const Plan& plan = *plans_.at(scope.container ? &body_of(*scope.container->activity, scope.container->branch)
                                                : &pipeline_->activities);
  std::size_t index = static_cast<std::size_t>(&node - scope.nodes.data());
  bool runs = true;
  for (std::size_t d = 0; d < node.activity->depends_on.size(); ++d)
    runs = runs && holds(node.activity->depends_on[d], scope.nodes[plan.dependencies[index][d]].outcome);
  if (!runs) return finish_node(scope, node, Outcome::skipped, out);
  if (node.activity->inactive) {
    node.state = Node::State::closing;
    out.push_back(finish_command(scope, node));
    return;
  }
  node.state = Node::State::ready;
  out.push_back(command(Command::Kind::run, scope, node));
}

void Scheduler::finish_node(Scope& scope, Node& node, Outcome outcome, Commands& out) {
  if (node.state == Node::State::done) return;
  node.state = Node::State::done;
  node.outcome = outcome;
  --scope.open;
  const Plan& plan = *plans_.at(scope.container ? &body_of(*scope.container->activity, scope.container->branch)
                                                : &pipeline_->activities);
  std::size_t index = static_cast<std::size_t>(&node - scope.nodes.data());
  bool stopping = cancelling_ || (scope.container && scope.container->stopping);
  for (std::size_t follower : plan.followers[index]) {
    Node& next = scope.nodes[follower];
    if (--next.unresolved == 0 && next.state == Node::State::waiting && !stopping) resolve(scope, next, out);
  }
  if (scope.open == 0 && !std::exchange(scope.open_done, true)) scope_done(scope, out);
}

// The leaf rule. A skipped leaf stands for what it depends on, up to activities that were not skipped.
std::optional<ActivityError> Scheduler::scope_error(const Scope& scope) {
  const std::vector<Activity>& activities =
      scope.container ? body_of(*scope.container->activity, scope.container->branch) : pipeline_->activities;
  const Plan& plan = this->plan(activities);
  std::vector<char> seen(activities.size());
  std::vector<std::size_t> asked;
  for (std::size_t i = activities.size(); i-- > 0;)
    if (plan.followers[i].empty()) asked.push_back(i);
  while (!asked.empty()) {
    std::size_t i = asked.back();
    asked.pop_back();
    if (std::exchange(seen[i], char{1})) continue;
    const Node& node = scope.nodes[i];
    if (node.outcome == Outcome::skipped) {
      for (std::size_t on : plan.dependencies[i]) asked.push_back(on);
    } else if (node.outcome != Outcome::succeeded) {
      ActivityError error = node.error.value_or(ActivityError{});
      error.target = node.activity->name;
      return error;
    }
  }
  return std::nullopt;
}

void Scheduler::scope_done(Scope& scope, Commands& out) {
  std::optional<ActivityError> error = scope_error(scope);
  if (scope.container) return iteration_done(scope, error, out);
  run_error_ = std::move(error);
  run_closing_ = true;
  out.push_back(finish_run_command());
}

void Scheduler::iteration_done(Scope& scope, const std::optional<ActivityError>& error, Commands& out) {
  Node& node = *scope.container;
  Scope& outer = *scope.outer;
  bool stopping = cancelling_ || node.stopping;
  switch (node.activity->container) {
    case Container::none: return;
    case Container::if_condition:
    case Container::switch_:
      node.inner_error = error;
      return close_container(outer, node, out);
    case Container::for_each:
      if (error && !node.inner_error) node.inner_error = error;
      --node.open_iterations;
      finished_scopes_.push_back(std::move(node.scopes[scope.iteration]));  // still on the call stack
      node.scopes.erase(scope.iteration);
      if (!stopping) fill_slots(outer, node, out);
      if (node.open_iterations == 0) close_container(outer, node, out);
      return;
    case Container::until:
      node.inner_error = error;
      node.open_iterations = 0;
      if (stopping) return close_container(outer, node, out);
      node.state = Node::State::checking;
      out.push_back(command(Command::Kind::check_until, outer, node));
      return;
  }
}

// Starts iterations of a ForEach, or the next one of an Until, as far as slots are free.
void Scheduler::fill_slots(Scope& scope, Node& node, Commands& out) {
  const Activity& activity = *node.activity;
  bool loops = activity.container == Container::for_each;
  int total = loops ? static_cast<int>(items_count(node)) : node.next_iteration + 1;
  int slots = loops && !activity.sequential ? activity.batch_count : 1;
  // An empty iteration ends within open_scope and frees its slot by calling back here.
  while (!node.filling && node.open_iterations < slots && node.next_iteration < total) {
    node.filling = true;
    int iteration = node.next_iteration++;
    ++node.open_iterations;
    auto inner = make_scope(body_of(activity, 0), instance_of(scope, activity) + "/" + std::to_string(iteration), &node,
                            &scope, iteration);
    if (loops)
      inner->item = std::make_shared<const json::Value>(node.items->get_array()[static_cast<std::size_t>(iteration)]);
    if (!loops) node.scopes.clear();
    Scope& opened = *(node.scopes[iteration] = std::move(inner));
    open_scope(opened, out);
    node.filling = false;
    if (!loops) return;
  }
}

void Scheduler::close_container(Scope& scope, Node& node, Commands& out) {
  if (node.state == Node::State::closing || node.filling) return;
  node.state = Node::State::closing;
  out.push_back(finish_command(scope, node));
}

Command Scheduler::finish_command(const Scope& scope, const Node& node) const {
  Command finish = command(Command::Kind::finish, scope, node);
  const std::string& name = node.activity->name;
  if (node.activity->inactive) {
    finish.inactive = true;
    finish.outcome = *node.activity->inactive == InactiveMark::succeeded ? Outcome::succeeded
                     : *node.activity->inactive == InactiveMark::failed  ? Outcome::failed
                                                                         : Outcome::skipped;
  } else if (node.timed_out) {
    finish.outcome = Outcome::failed;
    finish.error = {"ActivityTimedOut", "The activity '" + name + "' did not end within its timeout.", "UserError", name};
  } else if (cancelling_ || node.stopping) {
    finish.outcome = Outcome::cancelled;
  } else if (node.inner_error) {
    finish.outcome = Outcome::failed;
    finish.error = {"ActionFailed",
                    "Activity failed because an inner activity failed; Inner activity name: " + node.inner_error->target +
                        ", Error: " + node.inner_error->message,
                    "UserError", name};
  }
  return finish;
}

Command Scheduler::finish_run_command() const {
  Command finish{.kind = Command::Kind::finish_run};
  if (cancelling_) {
    finish.outcome = Outcome::cancelled;
  } else if (run_error_) {
    finish.outcome = Outcome::failed;
    finish.error = run_error_;
    finish.error->message = "Operation on target " + run_error_->target + " failed: " + run_error_->message;
  }
  return finish;
}

// Ends what has not begun and asks what runs to end.
void Scheduler::stop_scope(Scope& scope, Commands& out) {
  for (Node& node : scope.nodes) {
    switch (node.state) {
      case Node::State::waiting:
      case Node::State::ready:
      case Node::State::retrying: finish_node(scope, node, Outcome::cancelled, out); break;
      case Node::State::running:
        node.stopping = true;
        if (node.activity->container == Container::none) {
          out.push_back(command(Command::Kind::stop, scope, node));
          break;
        }
        if (node.scopes.empty()) close_container(scope, node, out);
        for (auto& inner : open_scopes(node)) stop_scope(*inner, out);
        break;
      case Node::State::checking:
        node.stopping = true;
        close_container(scope, node, out);
        break;
      case Node::State::closing:
      case Node::State::done: break;
    }
  }
}

// A copy of the pointers: stopping the last activity of an iteration removes the iteration from the map.
std::vector<Scope*> Scheduler::open_scopes(Node& node) {
  std::vector<Scope*> scopes;
  for (auto& [iteration, scope] : node.scopes)
    if (scope->open > 0) scopes.push_back(scope.get());
  return scopes;
}

}  // namespace axonite::pipeline
