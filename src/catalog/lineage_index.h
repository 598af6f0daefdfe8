#pragma once
// The graph of data: edges dataset → process and process → dataset (and dataset → dataset where a client said so), in
// memory. It holds an entry per edge that exists; a query leaves nothing behind.
#include <cstdint>
#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace axonite::catalog {

enum class Direction { input, output, both };

// How we know of an edge, weakest first: a person wrote it down, another program says that it happened, our own engines
// did it. Of one edge the strongest is kept.
enum class Provenance { declared, reported, observed };
std::string_view name_of(Provenance provenance);
// "declared", …; reported for anything else.
Provenance provenance_of(std::string_view name);

struct LineageEdge {
  std::string from, to, relationship;  // guids
  Provenance provenance = Provenance::reported;
};

struct LineageAnswer {
  std::vector<std::string> guids;  // the base first, then as found
  std::vector<LineageEdge> edges;
  std::map<std::string, std::size_t> input_widths, output_widths;  // how many neighbours a visited entity really has
};

class LineageIndex {
 public:
  // Repeatable: the same relationship again changes its provenance at most.
  void add(const LineageEdge& edge);
  void remove(std::string_view relationship);
  // Up to `depth` edges away, at most `width` neighbours of each entity (in the order of their making), and at most
  // `nodes_max` entities. A circle is walked once.
  LineageAnswer walk(std::string_view guid, Direction direction, std::size_t depth, std::size_t width, std::size_t nodes_max = 9'000) const;
  // One step, `limit` neighbours after the first `offset`.
  LineageAnswer next(std::string_view guid, Direction direction, std::size_t offset, std::size_t limit) const;
  std::size_t size() const;

 private:
  struct Node {
    std::vector<const LineageEdge*> in, out;
  };
  void walk_one_way(std::string_view guid, bool upstream, std::size_t depth, std::size_t width, std::size_t nodes_max, LineageAnswer& answer) const;
  const std::vector<const LineageEdge*>* neighbours(std::string_view guid, bool upstream) const;

  mutable std::shared_mutex mutex_;
  std::map<std::string, LineageEdge, std::less<>> edges_;  // by relationship; nodes point into it
  std::map<std::string, Node, std::less<>> nodes_;
};

}  // namespace axonite::catalog
