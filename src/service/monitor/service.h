#pragma once
// Microsoft.Insights on management.azure.com: the activity log (2015-04-01), its alert rules (2020-10-01) and action
// groups (2023-01-01).
#include "arm/arm.h"
#include "monitor/alerts.h"
#include "resource/documents.h"

namespace axonite::service::monitor {

struct Rooms {
  resource::Documents& documents;
  const event::Stream& events;
};

// `rooms` outlives the service.
front::Service monitor_service(Rooms& rooms);

// The rules and groups as documents, for the alerts of the monitor room.
class StoredAlertRules : public axonite::monitor::AlertRules {
 public:
  explicit StoredAlertRules(const resource::Documents& documents) : documents_(documents) {}
  Result<std::vector<axonite::monitor::AlertRule>> rules() const override;
  Result<axonite::monitor::ActionGroup> action_group(std::string_view id) const override;

 private:
  const resource::Documents& documents_;
};

}  // namespace axonite::service::monitor
