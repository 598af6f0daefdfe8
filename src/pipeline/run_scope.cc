#include "pipeline/run_scope.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace axonite::pipeline {

Result<const json::Value*> RunScope::variable(std::string_view name) const {
  auto found = scheduler_.variables().find(text::to_lower(name));
  return found == scheduler_.variables().end() ? nullptr : found->second.get();
}

// A skipped activity has no run, so the service does not know it here either.
Result<const json::Value*> RunScope::activity(std::string_view name) const {
  const Node* node = scheduler_.visible(instance_, name, inside_);
  bool known = node && node->state == Node::State::done && node->outcome != Outcome::skipped;
  if (!known) return nullptr;
  json::Object value{{"output", node->output ? *node->output : json::Value(json::Object())},
                     {"status", outcome_name(node->outcome)},
                     {"duration", ""},
                     {"activityRunId", node->activity_run_id}};
  if (node->error)
    value["error"] = json::Object{{"errorCode", node->error->code},
                                  {"message", node->error->message},
                                  {"failureType", node->error->failure_type},
                                  {"target", node->error->target}};
  held_.push_back(std::make_shared<const json::Value>(std::move(value)));
  return held_.back().get();
}

Result<const json::Value*> RunScope::item() const {
  if (item_) return item_;
  JsonPointer item = scheduler_.item(instance_);
  if (!item) return expression::Scope::item();
  held_.push_back(item);
  return item.get();
}

}  // namespace axonite::pipeline
