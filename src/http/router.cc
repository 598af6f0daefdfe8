#include "http/router.h"

#include "base/text.h"

namespace axonite::http {
namespace {

struct Route {
  std::string method;
  std::size_t row;
  std::vector<std::string> names;
};

std::vector<std::string_view> segments(std::string_view path) {
  // More than one: ARM clients put a scope that starts with '/' behind the '/' of their template.
  while (path.starts_with('/')) path.remove_prefix(1);
  return text::split(path, '/');
}

}  // namespace

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::vector<Route> here;  // templates that end at this node
  std::vector<Route> rest;  // templates that end in {*rest} after this node
};

// One lookup; the path's segments and what has been bound so far.
struct Router::Search {
  const Router& router;
  std::string_view method;
  std::string_view path;
  const std::function<bool(std::size_t)>& accept;
  Found& found;
  std::vector<std::string_view> parts;
  std::vector<std::string_view> bound;
  bool path_known = false, method_known = false;

  bool choose(const std::vector<Route>& routes) {
    path_known |= !routes.empty();
    for (const Route& route : routes) {
      if (route.method != method) continue;
      method_known = true;
      if (!accept(route.row)) continue;
      found.row = route.row;
      for (std::size_t i = 0; i < bound.size(); ++i) found.parameters.emplace_back(route.names[i], bound[i]);
      return true;
    }
    return false;
  }

  bool descend(const Node& node, std::size_t at) {
    bool at_end = at == parts.size() || (at + 1 == parts.size() && parts[at].empty());
    if (at_end && choose(node.here)) return true;
    if (at < parts.size()) {
      auto literal = router.ignore_case_ ? node.literals.find(text::to_lower(parts[at])) : node.literals.find(parts[at]);
      if (literal != node.literals.end() && descend(*literal->second, at + 1)) return true;
      if (node.parameter && !parts[at].empty()) {
        bound.push_back(parts[at]);
        if (descend(*node.parameter, at + 1)) return true;
        bound.pop_back();
      }
    }
    if (node.rest.empty()) return false;
    bound.push_back(at < parts.size() ? path.substr(static_cast<std::size_t>(parts[at].data() - path.data())) : "");
    if (choose(node.rest)) return true;
    bound.pop_back();
    return false;
  }
};

Router::Router(bool ignore_case) : ignore_case_(ignore_case), root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(std::string_view method, std::string_view path_template, std::size_t row) {
  Node* node = root_.get();
  Route route{std::string(method), row, {}};
  for (std::string_view part : segments(path_template)) {
    if (part.empty()) continue;
    if (part.starts_with("{*")) {
      route.names.emplace_back(part.substr(2, part.size() - 3));
      node->rest.push_back(std::move(route));
      return;
    }
    std::unique_ptr<Node>* next;
    if (part.starts_with('{')) {
      route.names.emplace_back(part.substr(1, part.size() - 2));
      next = &node->parameter;
    } else {
      next = &node->literals[ignore_case_ ? text::to_lower(part) : std::string(part)];
    }
    if (!*next) *next = std::make_unique<Node>();
    node = next->get();
  }
  node->here.push_back(std::move(route));
}

Router::Outcome Router::find(std::string_view method, std::string_view path,
                             const std::function<bool(std::size_t)>& accept, Found& found) const {
  Search search{*this, method, path, accept, found, segments(path), {}};
  if (search.descend(*root_, 0)) return Outcome::found;
  if (search.method_known) return Outcome::refused;
  return search.path_known ? Outcome::no_method : Outcome::no_path;
}

}  // namespace axonite::http
