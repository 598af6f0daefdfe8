#pragma once
// What expressions in a trigger's parameters see: trigger() and, for events, triggerBody().
#include "expression/expression.h"
#include "pipeline/triggers/trigger_log.h"

namespace axonite::pipeline::triggers {

class TriggerScope : public expression::Scope {
 public:
  explicit TriggerScope(const TriggerRun& run);
  Result<const json::Value*> trigger() const override { return trigger_.get(); }
  Result<const json::Value*> trigger_body() const override;

 private:
  std::shared_ptr<const json::Value> trigger_, body_;
};

}  // namespace axonite::pipeline::triggers
