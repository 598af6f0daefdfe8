#include "spark/settings.h"

#include <fmt/format.h>

#include "spark/errors.h"

namespace axonite::spark {
namespace {

// SQLConf.scala, 4.2. Plans are never compressed: the client keeps to that when the threshold is -1.
const std::map<std::string, std::string>& defaults() {
  static const std::map<std::string, std::string> values{
      {"spark.app.name", "Axonite"},
      {"spark.master", "local[*]"},
      {"spark.sql.ansi.enabled", "true"},
      {"spark.sql.caseSensitive", "false"},
      {"spark.sql.timestampType", "TIMESTAMP_LTZ"},
      {"spark.sql.session.timeZone", "UTC"},
      {"spark.sql.session.localRelationCacheThreshold", "1048576"},
      {"spark.sql.session.localRelationChunkSizeRows", "10000"},
      {"spark.sql.session.localRelationChunkSizeBytes", "16777216"},
      {"spark.sql.session.localRelationBatchOfChunksSizeBytes", "1073741824"},
      {"spark.sql.session.localRelationSizeLimit", "3221225472"},
      {"spark.sql.execution.pandas.convertToArrowArraySafely", "false"},
      {"spark.sql.execution.pandas.inferPandasDictAsMap", "false"},
      {"spark.sql.execution.pandas.structHandlingMode", "legacy"},
      {"spark.sql.pyspark.inferNestedDictAsStruct.enabled", "false"},
      {"spark.sql.pyspark.legacy.inferArrayTypeFromFirstElement.enabled", "false"},
      {"spark.sql.pyspark.legacy.inferMapTypeFromFirstPair.enabled", "false"},
      {"spark.sql.execution.arrow.useLargeVarTypes", "false"},
      {"spark.sql.execution.arrow.maxRecordsPerBatch", "10000"},
      {"spark.sql.execution.arrow.pyspark.enabled", "true"},
      {"spark.sql.execution.arrow.pyspark.fallback.enabled", "true"},
      {"spark.sql.execution.arrow.pyspark.selfDestruct.enabled", "false"},
      {"spark.sql.execution.pyspark.binaryAsBytes", "true"},
      {"spark.sql.execution.pythonUDF.arrow.enabled", "true"},
      {"spark.sql.execution.pythonUDTF.arrow.enabled", "false"},
      {"spark.sql.repl.eagerEval.enabled", "false"},
      {"spark.sql.repl.eagerEval.maxNumRows", "20"},
      {"spark.sql.repl.eagerEval.truncate", "20"},
      {"spark.sql.connect.serverStacktrace.enabled", "true"},
      {"spark.sql.pyspark.jvmStacktrace.enabled", "false"},
      {"spark.sql.pyspark.plotting.max_rows", "1000"},
      {"spark.sql.pyspark.dataFrameDebugging.enabled", "true"},
      {"spark.connect.session.planCompression.threshold", "-1"},
      {"spark.connect.session.planCompression.defaultAlgorithm", "NONE"},
      {"spark.sql.shuffle.partitions", "200"},
      {"spark.sql.adaptive.enabled", "true"},
      {"spark.sql.autoBroadcastJoinThreshold", "10485760"},
      {"spark.sql.sources.default", "parquet"},
      {"spark.sql.sources.partitionOverwriteMode", "STATIC"},
      {"spark.sql.parquet.compression.codec", "snappy"},
      {"spark.sql.warehouse.dir", "spark-warehouse"},
      {"spark.sql.legacy.timeParserPolicy", "CORRECTED"},
      {"spark.sql.storeAssignmentPolicy", "ANSI"},
      {"spark.sql.crossJoin.enabled", "true"},
  };
  return values;
}

}  // namespace

std::optional<std::string> Settings::find(const std::string& key) const {
  if (auto at = values_.find(key); at != values_.end()) return at->second;
  if (auto at = defaults().find(key); at != defaults().end()) return at->second;
  return std::nullopt;
}

Result<std::string> Settings::get(const std::string& key) const {
  if (auto value = find(key)) return *value;
  return std::unexpected(condition(Error::Kind::invalid, "SQL_CONF_NOT_FOUND", "42K0I", fmt::format("The SQL config \"{}\" cannot be found. Please verify that the config exists.", key), {{"sqlConf", "\"" + key + "\""}}));
}

std::vector<std::pair<std::string, std::string>> Settings::with_prefix(const std::string& prefix) const {
  auto all = defaults();
  for (auto& [key, value] : values_) all[key] = value;
  std::vector<std::pair<std::string, std::string>> out;
  for (auto& [key, value] : all)
    if (key.starts_with(prefix)) out.emplace_back(key, value);
  return out;
}

bool Settings::is_static(const std::string& key) { return key == "spark.sql.warehouse.dir" || key == "spark.master"; }

}  // namespace axonite::spark
