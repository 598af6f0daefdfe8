#pragma once
// What engines report of each statement, copy and notebook (events of the category "lineage", shapes in
// tsql/lineage.h and pipeline/activities/data.h) and what people declare (event/declared_lineage.h), as entities: the
// datasets it touched and the process that it was.
#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/clock.h"
#include "catalog/datasets.h"
#include "catalog/lineage_index.h"

namespace axonite::catalog {

struct ReportEntities {
  std::vector<Entity> entities;
  // Lake locations among them, for tying files to the folders they lie in.
  std::vector<Dataset> lake_inputs, lake_outputs;
  Provenance provenance = Provenance::observed;
  std::vector<Dataset> removed;  // what is not declared any more
};

// Errors: invalid("LineageReport") when the shape is unknown.
Result<ReportEntities> entities_of_report(const json::Value& report, Time when);

}  // namespace axonite::catalog
