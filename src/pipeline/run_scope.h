#pragma once
// What expressions of a run see at one activity.
#include <deque>
#include <string>

#include "expression/expression.h"
#include "pipeline/scheduler.h"

namespace axonite::pipeline {

class RunScope : public expression::Scope {
 public:
  // `inside`: as Scheduler::visible. All arguments outlive the scope.
  RunScope(const Scheduler& scheduler, const json::Value& pipeline, std::string instance, bool inside = false)
      : scheduler_(scheduler), pipeline_(pipeline), instance_(std::move(instance)), inside_(inside) {}
  // For Filter, whose condition sees each element as item().
  void set_item(const json::Value* item) { item_ = item; }

  Result<const json::Value*> pipeline() const override { return &pipeline_; }
  Result<const json::Value*> variable(std::string_view name) const override;
  Result<const json::Value*> activity(std::string_view name) const override;
  Result<const json::Value*> item() const override;

 private:
  const Scheduler& scheduler_;
  const json::Value& pipeline_;
  std::string instance_;
  bool inside_;
  const json::Value* item_ = nullptr;
  mutable std::deque<JsonPointer> held_;  // what was handed out
};

}  // namespace axonite::pipeline
