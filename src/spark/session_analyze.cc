#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include "spark/decode.h"
#include "spark/errors.h"
#include "spark/session_state.h"

namespace axonite::spark {
namespace {

std::vector<Field> fields_of(const Analyzed& analyzed) {
  std::vector<Field> fields;
  for (auto& attribute : analyzed.output) fields.push_back({attribute.name, attribute.type, attribute.nullable});
  return fields;
}

}  // namespace

Result<void> SessionState::analyze(const proto::AnalyzePlanRequest& request, proto::AnalyzePlanResponse& response) {
  std::lock_guard lock(running_);
  auto plan = [&](const proto::Plan& message) -> Result<Analyzed> {
    if (!message.has_root()) return std::unexpected(unsupported_feature("an analysis of a command"));
    auto out = analyzed(message.root());
    if (!out) return std::unexpected(translated(out.error()));
    return out;
  };
  using Case = proto::AnalyzePlanRequest;
  switch (request.analyze_case()) {
    case Case::kSchema: {
      TRY(auto result, plan(request.schema().plan()));
      encode_type(struct_of(fields_of(result)), *response.mutable_schema()->mutable_schema());
      return ok();
    }
    case Case::kTreeString: {
      TRY(auto result, plan(request.tree_string().plan()));
      response.mutable_tree_string()->set_tree_string(tree_string(fields_of(result), request.tree_string().level()));
      return ok();
    }
    case Case::kExplain: {
      TRY(auto result, plan(request.explain().plan()));
      response.mutable_explain()->set_explain_string("== Physical Plan ==\n" + Analyzer::statement(result) + "\n");
      return ok();
    }
    case Case::kIsLocal: response.mutable_is_local()->set_is_local(request.is_local().plan().root().has_local_relation()); return ok();
    case Case::kIsStreaming: response.mutable_is_streaming()->set_is_streaming(false); return ok();
    case Case::kSparkVersion: response.mutable_spark_version()->set_version(kSparkVersion); return ok();
    case Case::kDdlParse: {
      TRY(auto type, parse_ddl(request.ddl_parse().ddl_string()));
      encode_type(type, *response.mutable_ddl_parse()->mutable_parsed());
      return ok();
    }
    case Case::kPersist: {  // data stays in the lake; a cache changes no answer
      Analyzer analyzer(*this);
      TRY(auto relation, decode(request.persist().relation()));
      CHECK_OK(analyzer.relation(*relation));
      response.mutable_persist();
      return ok();
    }
    case Case::kUnpersist: response.mutable_unpersist(); return ok();
    case Case::kGetStorageLevel: {
      auto* level = response.mutable_get_storage_level()->mutable_storage_level();
      level->set_replication(1);
      return ok();
    }
    default: return std::unexpected(unsupported_feature("the analysis with field " + std::to_string(request.analyze_case())));
  }
}

Result<void> SessionState::set_setting(const std::string& key, const std::string& value) {
  if (Settings::is_static(key)) return std::unexpected(condition(Error::Kind::invalid, "CANNOT_MODIFY_STATIC_CONFIG", "46110", fmt::format("Cannot modify the value of the static Spark config: \"{}\".", key), {{"key", "\"" + key + "\""}}));
  if (key == "spark.sql.session.timeZone")
    if (!engine_->set_time_zone(value))
      return std::unexpected(condition(Error::Kind::invalid, "INVALID_CONF_VALUE.TIME_ZONE", "22022", fmt::format("The value '{}' in the config \"{}\" is invalid. Cannot resolve the given timezone.", value, key), {{"confName", key}, {"confValue", value}}));
  if (key == "spark.sql.ansi.enabled" && value != "true") return std::unexpected(unsupported_feature("spark.sql.ansi.enabled=false"));
  settings_.set(key, value);
  return ok();
}

Result<void> SessionState::configure(const proto::ConfigRequest_Operation& operation, proto::ConfigResponse& response) {
  std::lock_guard lock(running_);
  auto add = [&](const std::string& key, const std::optional<std::string>& value) {
    auto* pair = response.add_pairs();
    pair->set_key(key);
    if (value) pair->set_value(*value);
  };
  using Case = proto::ConfigRequest_Operation;
  switch (operation.op_type_case()) {
    case Case::kSet:
      for (auto& pair : operation.set().pairs()) {
        auto outcome = set_setting(pair.key(), pair.value());
        if (!outcome && !operation.set().silent()) return outcome;
        if (!outcome) response.add_warnings(outcome.error().message);
        add(pair.key(), pair.value());
      }
      return ok();
    case Case::kGet:
      for (auto& key : operation.get().keys()) {
        TRY(auto value, settings_.get(key));
        add(key, value);
      }
      return ok();
    case Case::kGetWithDefault:
      for (auto& pair : operation.get_with_default().pairs()) {
        auto found = settings_.find(pair.key());
        add(pair.key(), found ? found : pair.has_value() ? std::optional(pair.value()) : std::nullopt);
      }
      return ok();
    case Case::kGetOption:
      for (auto& key : operation.get_option().keys()) add(key, settings_.find(key));
      return ok();
    case Case::kGetAll:
      for (auto& [key, value] : settings_.with_prefix(operation.get_all().prefix())) add(key, value);
      return ok();
    case Case::kUnset:
      for (auto& key : operation.unset().keys()) {
        settings_.unset(key);
        if (key == "spark.sql.session.timeZone") CHECK_OK(engine_->set_time_zone("UTC"));
        add(key, std::nullopt);
      }
      return ok();
    case Case::kIsModifiable:
      for (auto& key : operation.is_modifiable().keys()) add(key, Settings::is_static(key) ? "false" : "true");
      return ok();
    default: return std::unexpected(unsupported_feature("this operation of Config"));
  }
}

}  // namespace axonite::spark
