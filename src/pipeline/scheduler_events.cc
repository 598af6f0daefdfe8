// The fold: what each event does to the state. The rules it sets off are in scheduler.cc.
#include <boost/json.hpp>

#include "base/text.h"
#include "pipeline/scheduler.h"

namespace axonite::pipeline {
namespace {

Error unexpected_event(const Event& event) {
  return internal("run event '" + std::string(kind_name(event.kind)) + "' of '" + event.instance +
                  "' does not fit the state of the run");
}

}  // namespace

Result<std::vector<Command>> Scheduler::apply(const Event& event) {
  Commands out;
  finished_scopes_.clear();
  switch (event.kind) {
    case Event::Kind::run_started:
      if (started_) return std::unexpected(unexpected_event(event));
      started_ = true;
      open_scope(*root_, out);
      return out;
    case Event::Kind::cancel_requested:
      if (cancelling_ || finished_) return out;
      cancelling_ = true;
      if (!started_) {
        run_closing_ = true;
        out.push_back(finish_run_command());
      } else {
        stop_scope(*root_, out);
      }
      return out;
    case Event::Kind::run_finished:
      if (finished_) return std::unexpected(unexpected_event(event));
      finished_ = true;
      return out;
    case Event::Kind::started:
    case Event::Kind::expanded:
    case Event::Kind::iterated:
    case Event::Kind::finished:
    case Event::Kind::timed_out: break;
  }
  auto [scope, node] = locate(event.instance);
  if (!node || node->state == Node::State::done) return std::unexpected(unexpected_event(event));
  CHECK_OK(apply_to_node(*scope, *node, event, out));
  return out;
}

Result<void> Scheduler::apply_to_node(Scope& scope, Node& node, const Event& event, Commands& out) {
  switch (event.kind) {
    case Event::Kind::started: return apply_started(node, event);
    case Event::Kind::expanded: return apply_expanded(scope, node, event, out);
    case Event::Kind::iterated: return apply_iterated(scope, node, event, out);
    case Event::Kind::finished: return apply_finished(scope, node, event, out);
    case Event::Kind::timed_out:
      if (node.activity->container == Container::none || node.stopping) return ok();
      node.timed_out = node.stopping = true;
      if (open_scopes(node).empty()) close_container(scope, node, out);
      for (Scope* inner : open_scopes(node)) stop_scope(*inner, out);
      return ok();
    case Event::Kind::run_started:
    case Event::Kind::cancel_requested:
    case Event::Kind::run_finished: break;
  }
  return std::unexpected(unexpected_event(event));
}

Result<void> Scheduler::apply_started(Node& node, const Event& event) {
  bool fits = node.state == Node::State::ready || node.state == Node::State::retrying ||
              (node.state == Node::State::running && !node.expanded);
  if (!fits) return std::unexpected(unexpected_event(event));
  node.state = Node::State::running;
  node.attempt = event.attempt;
  node.began = event.time;
  node.activity_run_id = event.activity_run_id;
  node.child_run_id = event.child_run_id;
  return ok();
}

Result<void> Scheduler::apply_expanded(Scope& scope, Node& node, const Event& event, Commands& out) {
  if (node.state != Node::State::running || node.expanded) return std::unexpected(unexpected_event(event));
  node.expanded = true;
  node.items = event.items;
  node.branch = event.index;
  const Activity& activity = *node.activity;
  if (activity.container == Container::for_each || activity.container == Container::until) {
    node.branch = 0;
    fill_slots(scope, node, out);
    if (node.open_iterations == 0 && node.state == Node::State::running) close_container(scope, node, out);
    return ok();
  }
  bool has_branch = node.branch >= 0 && static_cast<std::size_t>(node.branch) < activity.branches.size();
  if (!has_branch) {
    close_container(scope, node, out);
    return ok();
  }
  std::string path = (scope.path.empty() ? "" : scope.path + "/") + activity.name + "/" + std::to_string(node.branch);
  auto inner = make_scope(activity.branches[static_cast<std::size_t>(node.branch)].activities, std::move(path), &node,
                          &scope, node.branch);
  inner->item = scope.item;
  Scope& opened = *(node.scopes[node.branch] = std::move(inner));
  open_scope(opened, out);
  return ok();
}

Result<void> Scheduler::apply_iterated(Scope& scope, Node& node, const Event& event, Commands& out) {
  if (node.state != Node::State::checking) return std::unexpected(unexpected_event(event));
  node.state = Node::State::running;
  if (event.satisfied) close_container(scope, node, out);
  else fill_slots(scope, node, out);
  return ok();
}

Result<void> Scheduler::apply_finished(Scope& scope, Node& node, const Event& event, Commands& out) {
  node.output = event.output;
  node.error = event.error;
  node.finished = event.time;
  apply_effect(event.effect);
  bool stopping = cancelling_ || node.stopping;
  bool again = event.outcome == Outcome::failed && event.retryable && !event.inactive && !stopping &&
               node.activity->container == Container::none && event.attempt <= node.activity->policy.retry;
  if (again) {
    node.state = Node::State::retrying;
    node.attempt = event.attempt + 1;
    out.push_back(command(Command::Kind::retry, scope, node));
    return ok();
  }
  node.scopes.clear();
  node.items = nullptr;
  finish_node(scope, node, event.outcome, out);
  return ok();
}

void Scheduler::apply_effect(const Effect& effect) {
  std::string key = text::to_lower(effect.variable);
  switch (effect.kind) {
    case Effect::Kind::none: return;
    case Effect::Kind::set: variables_[key] = effect.value; return;
    case Effect::Kind::append: {
      JsonPointer& current = variables_[key];
      json::Array array = current && current->is_array() ? current->get_array() : json::Array();
      array.push_back(effect.value ? *effect.value : json::Value());
      current = std::make_shared<const json::Value>(std::move(array));
      return;
    }
    case Effect::Kind::return_value:
      if (!effect.value || !effect.value->is_object()) return;
      for (const auto& entry : effect.value->get_object())
        return_values_[std::string(entry.key())] = std::make_shared<const json::Value>(entry.value());
      return;
  }
}

std::vector<Command> Scheduler::pending() const {
  Commands out;
  if (finished_) return out;
  if (run_closing_) out.push_back(finish_run_command());
  else if (started_) collect(*root_, out);
  return out;
}

void Scheduler::collect(const Scope& scope, Commands& out) const {
  for (const Node& node : scope.nodes) {
    switch (node.state) {
      case Node::State::waiting:
      case Node::State::done: break;
      case Node::State::ready: out.push_back(command(Command::Kind::run, scope, node)); break;
      case Node::State::retrying: out.push_back(command(Command::Kind::retry, scope, node)); break;
      case Node::State::checking: out.push_back(command(Command::Kind::check_until, scope, node)); break;
      case Node::State::closing: out.push_back(finish_command(scope, node)); break;
      case Node::State::running:
        if (node.stopping && node.activity->container == Container::none)
          out.push_back(command(Command::Kind::stop, scope, node));
        else if (node.activity->container == Container::none || !node.expanded)
          out.push_back(command(Command::Kind::run, scope, node));
        for (const auto& [iteration, inner] : node.scopes) collect(*inner, out);
        break;
    }
  }
}

std::pair<Scope*, Node*> Scheduler::locate(std::string_view instance) const {
  Scope* scope = root_.get();
  while (scope) {
    auto slash = instance.find('/');
    std::string_view name = instance.substr(0, slash);
    Node* found = nullptr;
    for (Node& node : scope->nodes)
      if (node.activity->name == name) found = &node;
    if (!found || slash == std::string_view::npos) return {scope, found};
    instance.remove_prefix(slash + 1);
    slash = instance.find('/');
    auto iteration = text::parse_int<int>(instance.substr(0, slash));
    if (!iteration || slash == std::string_view::npos) return {nullptr, nullptr};
    instance.remove_prefix(slash + 1);
    auto inner = found->scopes.find(*iteration);
    scope = inner == found->scopes.end() ? nullptr : inner->second.get();
  }
  return {nullptr, nullptr};
}

const Node* Scheduler::node(std::string_view instance) const { return locate(instance).second; }

JsonPointer Scheduler::item(std::string_view instance) const {
  for (const Scope* scope = locate(instance).first; scope; scope = scope->outer)
    if (scope->item) return scope->item;
  return nullptr;
}

const Node* Scheduler::visible(std::string_view instance, std::string_view activity, bool inside) const {
  auto [scope, node] = locate(instance);
  if (inside && node && !node->scopes.empty()) scope = node->scopes.rbegin()->second.get();
  for (; scope; scope = scope->outer)
    for (const Node& candidate : scope->nodes)
      if (text::equals_ignoring_case(candidate.activity->name, activity)) return &candidate;
  return nullptr;
}

}  // namespace axonite::pipeline
