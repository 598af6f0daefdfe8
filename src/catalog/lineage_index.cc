#include "catalog/lineage_index.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <set>

namespace axonite::catalog {

std::string_view name_of(Provenance provenance) {
  switch (provenance) {
    case Provenance::declared: return "declared";
    case Provenance::reported: return "reported";
    case Provenance::observed: return "observed";
  }
  return "reported";
}

Provenance provenance_of(std::string_view name) {
  return name == "declared" ? Provenance::declared : name == "observed" ? Provenance::observed : Provenance::reported;
}

void LineageIndex::add(const LineageEdge& edge) {
  std::unique_lock lock(mutex_);
  auto [place, is_new] = edges_.emplace(edge.relationship, edge);
  if (!is_new) {
    place->second.provenance = edge.provenance;
    return;
  }
  nodes_[edge.from].out.push_back(&place->second);
  nodes_[edge.to].in.push_back(&place->second);
}

void LineageIndex::remove(std::string_view relationship) {
  std::unique_lock lock(mutex_);
  auto place = edges_.find(relationship);
  if (place == edges_.end()) return;
  const LineageEdge& edge = place->second;
  auto drop = [&](const std::string& guid, auto side) {
    auto node = nodes_.find(guid);
    std::erase(node->second.*side, &edge);
    if (node->second.in.empty() && node->second.out.empty()) nodes_.erase(node);
  };
  drop(edge.from, &Node::out);
  drop(edge.to, &Node::in);
  edges_.erase(place);
}

std::size_t LineageIndex::size() const {
  std::shared_lock lock(mutex_);
  return edges_.size();
}

const std::vector<const LineageEdge*>* LineageIndex::neighbours(std::string_view guid, bool upstream) const {
  auto node = nodes_.find(guid);
  if (node == nodes_.end()) return nullptr;
  return upstream ? &node->second.in : &node->second.out;
}

void LineageIndex::walk_one_way(std::string_view guid, bool upstream, std::size_t depth, std::size_t width, std::size_t nodes_max, LineageAnswer& answer) const {
  std::set<std::string, std::less<>> seen{std::string(guid)};
  std::deque<std::pair<std::string, std::size_t>> waiting{{std::string(guid), 0}};
  auto& widths = upstream ? answer.input_widths : answer.output_widths;
  while (!waiting.empty()) {
    auto [current, distance] = std::move(waiting.front());
    waiting.pop_front();
    const auto* all = neighbours(current, upstream);
    widths[current] = all ? all->size() : 0;
    if (!all || distance == depth) continue;
    for (std::size_t i = 0; i < std::min(width, all->size()); ++i) {
      const LineageEdge& edge = *(*all)[i];
      const std::string& other = upstream ? edge.from : edge.to;
      bool is_new = !seen.contains(other);
      if (is_new && answer.guids.size() >= nodes_max) return;
      answer.edges.push_back(edge);
      if (!is_new) continue;
      seen.insert(other);
      answer.guids.push_back(other);
      waiting.emplace_back(other, distance + 1);
    }
  }
}

namespace {

// A circle meets its entities and edges from both sides.
void drop_repeats(LineageAnswer& answer) {
  std::set<std::string> guids, relationships;
  std::erase_if(answer.guids, [&](const std::string& guid) { return !guids.insert(guid).second; });
  std::erase_if(answer.edges, [&](const LineageEdge& edge) { return !relationships.insert(edge.relationship).second; });
}

}  // namespace

LineageAnswer LineageIndex::walk(std::string_view guid, Direction direction, std::size_t depth, std::size_t width, std::size_t nodes_max) const {
  std::shared_lock lock(mutex_);
  LineageAnswer answer{.guids = {std::string(guid)}};
  if (direction != Direction::output) walk_one_way(guid, true, depth, width, nodes_max, answer);
  if (direction != Direction::input) walk_one_way(guid, false, depth, width, nodes_max, answer);
  drop_repeats(answer);
  return answer;
}

LineageAnswer LineageIndex::next(std::string_view guid, Direction direction, std::size_t offset, std::size_t limit) const {
  std::shared_lock lock(mutex_);
  LineageAnswer answer{.guids = {std::string(guid)}};
  for (bool upstream : {true, false}) {
    if ((upstream && direction == Direction::output) || (!upstream && direction == Direction::input)) continue;
    const auto* all = neighbours(guid, upstream);
    if (!all) continue;
    (upstream ? answer.input_widths : answer.output_widths)[std::string(guid)] = all->size();
    for (std::size_t i = offset; i < all->size() && i - offset < limit; ++i) {
      answer.edges.push_back(*(*all)[i]);
      answer.guids.push_back(upstream ? (*all)[i]->from : (*all)[i]->to);
    }
  }
  drop_repeats(answer);
  return answer;
}

}  // namespace axonite::catalog
