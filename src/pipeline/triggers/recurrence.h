#pragma once
// When a schedule trigger fires (docs: how-to-create-schedule-trigger). Pure.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace axonite::pipeline::triggers {

enum class Frequency { minute, hour, day, week, month };

struct MonthlyOccurrence {
  int week_day = 0;    // Sunday is 0
  int occurrence = 0;  // 1 = the first of the month, -1 = the last
};

struct Recurrence {
  Frequency frequency = Frequency::day;
  int interval = 1;
  std::string zone = "UTC";      // Windows name
  std::int64_t start_ticks = 0;  // wall clock of `zone`, .NET ticks
  std::optional<Time> end;
  // Schedule parts: sorted; empty = not given.
  std::vector<int> minutes, hours, week_days, month_days;
  std::vector<MonthlyOccurrence> monthly;
  bool has_schedule() const { return !minutes.empty() || !hours.empty() || !week_days.empty() || !month_days.empty() || !monthly.empty(); }
};

// `path` is that of `recurrence`. Errors: invalid("BadRequest") naming the member; unsupported for Year.
Result<Recurrence> parse_recurrence(const json::Value& recurrence, const std::string& path);
Result<Frequency> parse_frequency(std::string_view text, const std::string& path);

// The first time after `after`, never before the start; nothing after the end. Wall-clock times that a zone skips move
// on by an hour. Weeks begin on Sunday.
std::optional<Time> next_occurrence(const Recurrence& recurrence, Time after);

}  // namespace axonite::pipeline::triggers
