#pragma once
// When a scan's trigger fires: {"frequency":"Week"|"Month","interval":1,"startTime":"…","endTime":"…","timezone":"UTC",
// "schedule":{"hours":[3],"minutes":[0],"weekDays":["Sunday"],"monthDays":[1,-1]}}.
#include <optional>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/clock.h"
#include "base/result.h"

namespace axonite::catalog::scan {

struct Recurrence {
  bool weekly = true;
  int interval = 1;
  Time start{};
  std::optional<Time> end;
  std::vector<int> hours, minutes, week_days, month_days;  // Sunday = 0; month days from the end are negative

  // The first time after `after`; nothing when it never comes (again).
  std::optional<Time> next(Time after) const;
};

// Errors: invalid("Trigger_InvalidRecurrence") naming the member; unsupported for other time zones than UTC.
Result<Recurrence> read_recurrence(const boost::json::value& recurrence);

}  // namespace axonite::catalog::scan
