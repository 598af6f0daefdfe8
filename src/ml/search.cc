#include <algorithm>

#include "ml/filter.h"
#include "ml/run_cache.h"
#include "ml/tracking.h"
#include "store/database.h"

namespace axonite::ml {
namespace {

struct Key {
  std::int64_t number, version, start_ms;
};

// Newest first over all experiments; within one the index gives that order.
Result<std::vector<Key>> keys_of(store::Connection& connection, std::string_view workspace, const Search& search) {
  std::vector<Key> keys;
  for (const std::string& experiment : search.experiment_ids)
    CHECK_OK(connection.each("SELECT r.number,r.version,r.start_ms,r.stage FROM run r JOIN experiment e ON e.number=r.experiment WHERE e.workspace=?1 AND e.id=?2 ORDER BY r.start_ms DESC,r.id", [&](store::Statement& row) {
      if (row.text(3) == kActive ? search.active : search.deleted) keys.push_back({row.integer(0), row.integer(1), row.integer(2)});
    }, workspace, experiment));
  if (search.experiment_ids.size() > 1) std::ranges::stable_sort(keys, [](const Key& a, const Key& b) { return a.start_ms > b.start_ms; });
  return keys;
}

}  // namespace

Result<Found<RunPointer>> Tracking::search_runs(std::string_view workspace, const Search& search) const {
  TRY(Filter filter, Filter::parse(search.filter, FilterOf::runs));
  TRY(Order order, Order::parse(search.order_by, FilterOf::runs));
  TRY(std::size_t offset, page_offset(search.page_token));
  return store::read<Found<RunPointer>>(database_, [&](store::Connection& connection) -> Result<Found<RunPointer>> {
    TRY(auto keys, keys_of(connection, workspace, search));
    std::vector<RunPointer> runs;
    // In the order of the keys the page can be read alone; one more tells whether another page follows.
    std::size_t wanted = order.is_empty() ? offset + search.count_max + 1 : keys.size();
    std::size_t first = filter.is_empty() && order.is_empty() ? std::min(offset, keys.size()) : 0;
    for (std::size_t i = first; i < keys.size() && first + runs.size() < wanted; ++i) {
      TRY(RunPointer run, read_run(connection, keys[i].number, keys[i].version));
      if (filter.accepts(*run)) runs.push_back(std::move(run));
    }
    if (!order.is_empty()) std::ranges::stable_sort(runs, [&](const RunPointer& a, const RunPointer& b) { return order.before(*a, *b); });
    Found<RunPointer> found;
    for (std::size_t i = offset - first; i < runs.size() && found.items.size() < search.count_max; ++i) found.items.push_back(runs[i]);
    if (offset - first + found.items.size() < runs.size()) found.next_page_token = page_token(offset + found.items.size());
    return found;
  });
}

}  // namespace axonite::ml
