#pragma once
// Runs scans: reads a source through the ports, puts what it finds into the catalog, classifies from samples, marks what is
// gone. Runs wait in a queue that outlives the program; triggers fire by the clock.
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "catalog/scan/ports.h"
#include "catalog/scan/recurrence.h"
#include "catalog/scan/store.h"

namespace axonite::catalog::scan {

class Scanner {
 public:
  // All outlive it. What was running when the program ended runs again.
  static Result<std::unique_ptr<Scanner>> start(Store& store, Catalog& catalog, Ports& ports, Clock& clock);
  ~Scanner();

  // Queues a run. Errors: not_found("Scan_NotFound"), conflict("Scan_RunInProgress") for a repeated id,
  // throttled("Scan_TooManyRuns"). `level` is "Full" or "Incremental".
  Result<Run> run(std::string_view account, std::string_view source, std::string_view scan, std::string_view id, std::string_view level, std::string_view run_type = "Manual");
  // not_found("ScanRun_NotFound"); a run that has ended stays as it is.
  Result<Run> cancel(std::string_view account, std::string_view source, std::string_view scan, std::string_view id);
  // After a trigger was put or removed.
  void triggers_changed();

 private:
  Scanner(Store& store, Catalog& catalog, Ports& ports, Clock& clock) : store_(store), catalog_(catalog), ports_(ports), clock_(clock) {}
  void work(std::stop_token stop);
  void fire(std::stop_token stop);
  void fire_due(Time since, Time now);
  void perform(Run run, std::stop_token stop);

  Store& store_;
  Catalog& catalog_;
  Ports& ports_;
  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any queued_;
  std::deque<Run> queue_;
  std::map<std::string, std::stop_source, std::less<>> active_;  // by run id: waiting and running
  std::optional<std::vector<Store::Place>> triggers_;
  std::jthread worker_, timer_;
};

}  // namespace axonite::catalog::scan
