#pragma once
// MLflow's search language: conditions joined by AND over attributes, metrics, parameters and tags; and its orders.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ml/registry.h"
#include "ml/tracking.h"

namespace axonite::ml {

enum class FilterOf { runs, experiments, models, versions };
inline constexpr std::size_t kFilterBytesMax = 16u << 10, kConditionsMax = 100;

struct Field {
  enum class Kind { attribute, metric, param, tag } kind = Kind::attribute;
  std::string name;
};

struct Condition {
  Field field;
  std::string comparator;            // upper case: =, !=, <, <=, >, >=, LIKE, ILIKE, IN, NOT IN, IS NULL, IS NOT NULL
  std::vector<std::string> values;   // more than one for IN
  bool is_number = false;            // values[0] was a number
};

class Filter {
 public:
  // invalid(INVALID_PARAMETER_VALUE) naming what does not fit.
  static Result<Filter> parse(std::string_view text, FilterOf what);
  bool accepts(const Run& run) const;
  bool accepts(const Experiment& experiment) const;
  bool accepts(const Model& model) const;
  bool accepts(const ModelVersion& version) const;
  bool is_empty() const { return conditions_.empty(); }

 private:
  std::vector<Condition> conditions_;
};

class Order {
 public:
  static Result<Order> parse(const std::vector<std::string>& clauses, FilterOf what);
  bool before(const Run& a, const Run& b) const;
  bool before(const Experiment& a, const Experiment& b) const;
  bool before(const Model& a, const Model& b) const;
  bool before(const ModelVersion& a, const ModelVersion& b) const;
  bool is_empty() const { return clauses_.empty(); }

 private:
  struct Clause {
    Field field;
    bool ascending = true;
  };
  std::vector<Clause> clauses_;
};

}  // namespace axonite::ml
