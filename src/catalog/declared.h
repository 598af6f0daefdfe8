#pragma once
// Lineage that people wrote down as the extended property DATA_LINEAGE of a table or view.
#include <boost/json/fwd.hpp>

#include "catalog/reports.h"

namespace axonite::catalog {

// `declared` is the object of event/declared_lineage.h. Sources are named as SQL names them ("raw.CustomerData" in the same
// database, "Other.raw.CustomerData", "CustomerData" in dbo) or by their URL. An empty value takes the lineage back.
// Errors: invalid("LineageReport") when the value is no JSON object or names no source.
Result<ReportEntities> from_declared(const json::Value& declared);

}  // namespace axonite::catalog
