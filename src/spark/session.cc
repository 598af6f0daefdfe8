#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include <algorithm>
#include <condition_variable>
#include <thread>

#include "base/digest.h"
#include "base/text.h"
#include "spark/arrow_reader.h"
#include "spark/arrow_writer.h"
#include "spark/decode.h"
#include "spark/errors.h"
#include "spark/macros.h"
#include "spark/session_state.h"
#include "spark/show.h"

namespace axonite::spark {
namespace {

constexpr std::size_t kBatchBytesMax = 4u << 20;
constexpr std::int64_t kBatchRowsMax = 10'000;  // spark.sql.execution.arrow.maxRecordsPerBatch
constexpr std::size_t kLocalTablesMax = 64;
constexpr std::size_t kShownRowsMax = 100'000;
constexpr std::chrono::milliseconds kStopCheckEvery{50}, kInterruptEvery{10};

std::vector<Field> fields_of(const Analyzed& analyzed) {
  std::vector<Field> fields;
  for (auto& attribute : analyzed.output) fields.push_back({attribute.name, attribute.type, attribute.nullable});
  return fields;
}

Result<void> translated(Result<void> outcome) {
  if (outcome) return ok();
  return std::unexpected(spark::translated(outcome.error()));
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(engine::Engine& engine, const engine::ViewOf& view_of, event::Stream* events, Clock& clock, Options options) {
  engine::SessionOptions wanted{.principal = options.principal, .dialect = {.default_null_order = "nulls_first_on_asc_last_on_desc"}};
  TRY(auto session, engine.open_session(wanted));
  for (auto macro : macros()) CHECK_OK(session->execute(macro));
  auto view = view_of(options.principal);
  return std::make_unique<SessionState>(std::move(session), std::move(view), events, clock, std::move(options));
}

Result<RelationPtr> SessionState::decode(const proto::Relation& message) {
  Decoder decoder([this](const std::string& name) -> const std::string* {
    std::lock_guard lock(artifacts_mutex_);
    auto at = artifacts_.find(name);
    return at == artifacts_.end() ? nullptr : &at->second;
  });
  if (message.has_catalog()) return map(catalog(message.catalog()), [](Relation relation) -> RelationPtr { return std::make_shared<Relation>(std::move(relation)); });
  return decoder.relation(message);
}

Result<Analyzed> SessionState::analyzed(const proto::Relation& message) {
  TRY(auto relation, decode(message));
  Analyzer analyzer(*this);
  return analyzer.relation(*relation);
}

Result<void> SessionState::execute(const proto::Plan& plan, const Sink& sink, std::stop_token stop) {
  std::unique_lock lock(running_, std::defer_lock);
  while (!lock.try_lock_for(kStopCheckEvery))
    if (stop.stop_requested()) break;
  if (stop.stop_requested()) return std::unexpected(operation_cancelled());
  // An interrupt before DuckDB has begun is lost on it: it is repeated until this execution is over.
  std::jthread interrupter;
  std::stop_callback on_stop(stop, [&] {
    interrupter = std::jthread([this](std::stop_token over) {
      std::mutex mutex;
      std::condition_variable_any woken;
      std::unique_lock waiting(mutex);
      do engine_->interrupt();
      while (!woken.wait_for(waiting, over, kInterruptEvery, [&] { return over.stop_requested(); }));
    });
  });
  if (plan.has_command()) return translated(command(plan.command(), sink));
  if (!plan.has_root()) return std::unexpected(unsupported_feature("compressed plans"));
  auto result = analyzed(plan.root());
  if (!result) return std::unexpected(spark::translated(result.error()));
  return translated(stream(*result, sink));
}

// The schema, at least one batch, the metrics: what clients wait for, in this order.
Result<void> SessionState::stream(const Analyzed& analyzed, const Sink& sink) {
  auto fields = fields_of(analyzed);
  proto::ExecutePlanResponse schema;
  encode_type(struct_of(fields), *schema.mutable_schema());
  CHECK_OK(sink(std::move(schema)));
  ArrowWriter writer(fields, time_zone());
  std::int64_t sent = 0;
  auto send = [&]() -> Result<void> {
    proto::ExecutePlanResponse response;
    auto* batch = response.mutable_arrow_batch();
    batch->set_row_count(writer.rows());
    batch->set_start_offset(sent);
    sent += writer.rows();
    batch->set_data(writer.take());
    return sink(std::move(response));
  };
  TRY(auto rows, engine_->query(Analyzer::statement(analyzed)));
  bool any = false;
  while (true) {
    TRY(bool more, rows->next());
    if (!more) break;
    writer.append(rows->chunk());
    if (writer.rows() + 2048 <= kBatchRowsMax && writer.bytes() < kBatchBytesMax) continue;
    CHECK_OK(send());
    any = true;
  }
  if (writer.rows() > 0 || !any) CHECK_OK(send());
  proto::ExecutePlanResponse metrics;
  metrics.mutable_metrics();
  return sink(std::move(metrics));
}

Result<void> SessionState::put_artifact(std::string_view name, std::string bytes) {
  if (!name.starts_with("cache/")) return std::unexpected(unsupported_feature("the artifact " + std::string(name) + ": only cached local data is kept"));
  if (text::hex_encode(digest::sha256(bytes)) != name.substr(6)) return std::unexpected(condition(Error::Kind::invalid, "ARTIFACT_HASH_MISMATCH", "22000", "The artifact is not what its name says."));
  std::lock_guard lock(artifacts_mutex_);
  if (artifacts_.contains(name)) return ok();
  if (artifact_bytes_ + bytes.size() > options_.artifact_bytes_max) return std::unexpected(too_large("ArtifactsTooLarge", "The session's artifacts exceed their bound."));
  artifact_bytes_ += bytes.size();
  artifacts_.emplace(name, std::move(bytes));
  return ok();
}

bool SessionState::has_artifact(std::string_view name) const {
  std::lock_guard lock(artifacts_mutex_);
  return artifacts_.contains(name);
}

Result<RelationPtr> SessionState::view(const std::vector<std::string>& name) {
  if (name.size() > 2 || (name.size() == 2 && !text::equals_ignoring_case(name[0], "global_temp"))) return nullptr;
  auto at = views_.find(text::to_lower(name.back()));
  return at == views_.end() ? nullptr : at->second.second;
}

Result<External> SessionState::table(const std::vector<std::string>& name) { return std::unexpected(table_not_found(text::join(name, "."))); }

Result<External> SessionState::files(const Relation& relation) { return read_files(*engine_, *view_, relation, *settings_.find("spark.sql.sources.default")); }

// A table per content: a plan that is sent again and again, as notebooks do, fills it once.
Result<External> SessionState::local(const Relation& relation) {
  External out;
  std::optional<DataType> wanted;
  if (!relation.schema.empty()) {
    TRY(wanted, relation.schema.starts_with('{') ? parse_type_json(relation.schema) : parse_ddl(relation.schema));
  }
  if (relation.text.empty()) {
    if (!wanted) return std::unexpected(unsupported_feature("a local relation without data and schema"));
    std::vector<std::string> columns;
    for (auto& field : wanted->fields) columns.push_back(fmt::format("CAST(NULL AS {}) AS {}", duckdb_type(field.type), engine::quote_identifier(field.name)));
    out.fields = wanted->fields;
    out.from = "(SELECT " + (columns.empty() ? "1" : text::join(columns, ", ")) + " WHERE false)";
    return out;
  }
  TRY(auto fields, arrow_schema(relation.text));
  auto name = "local_" + text::hex_encode(digest::sha256(relation.text)).substr(0, 32);
  if (std::ranges::find(local_tables_, name) == local_tables_.end()) {
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < fields.size(); ++i) columns.push_back(fmt::format("c{} {}", i, duckdb_type(fields[i].type)));
    if (columns.empty()) return std::unexpected(unsupported_feature("a local relation without columns"));
    CHECK_OK(engine_->execute("CREATE OR REPLACE TEMP TABLE " + name + " (" + text::join(columns, ", ") + ")"));
    CHECK_OK(append_arrow(relation.text, *engine_, name));
    local_tables_.push_back(name);
    if (local_tables_.size() > kLocalTablesMax) {
      CHECK_OK(engine_->execute("DROP TABLE IF EXISTS " + local_tables_.front()));
      local_tables_.pop_front();
    }
  }
  if (wanted && wanted->is(TypeKind::struct_) && wanted->fields.size() != fields.size()) return std::unexpected(condition(Error::Kind::invalid, "AXIS_LENGTH_MISMATCH", "42000", "The schema has another number of columns than the data."));
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto field = wanted && wanted->is(TypeKind::struct_) ? wanted->fields[i] : fields[i];
    columns.push_back(cast_sql({.sql = fmt::format("c{}", i), .type = fields[i].type}, field.type) + " AS " + engine::quote_identifier(field.name));
    out.fields.push_back(std::move(field));
  }
  out.from = "(SELECT " + text::join(columns, ", ") + " FROM " + name + ")";
  return out;
}

Result<std::string> SessionState::render(const Analyzed& child, const Relation& show) {
  Shown shown{.wanted = static_cast<int>(show.a), .truncate = static_cast<int>(show.b)};
  auto wanted = std::min<std::size_t>(static_cast<std::size_t>(std::max<std::int64_t>(show.a, 0)), kShownRowsMax);
  std::vector<std::string> columns;
  for (auto& attribute : child.output) {
    shown.names.push_back(attribute.name);
    columns.push_back(shown_sql(column_of(attribute), attribute.type));
  }
  auto sql = fmt::format("SELECT {} FROM (SELECT * FROM ({}) LIMIT {})", columns.empty() ? "'1'" : text::join(columns, ", "), child.sql, wanted + 1);
  TRY(auto rows, engine_->query(sql));
  while (true) {
    TRY(bool more, rows->next());
    if (!more) break;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      if (shown.rows.size() == wanted) {
        shown.more = true;
        continue;
      }
      auto& cells = shown.rows.emplace_back();
      for (std::size_t i = 0; i < columns.size(); ++i) cells.push_back(std::get<std::string>(rows->value(i, row)));
    }
  }
  if (show.kind == RelationKind::html) return show_html(shown);
  return show.flag ? show_vertical(shown) : show_table(shown);
}

Result<std::vector<ExprPtr>> SessionState::distinct_values(const std::string& sql, const DataType& type) {
  std::vector<ExprPtr> out;
  Typed value{.sql = "v", .type = type};
  TRY(auto rows, engine_->query("SELECT " + cast_sql(value, {TypeKind::string}) + " FROM (" + sql + ")"));
  while (true) {
    TRY(bool more, rows->next());
    if (!more) return out;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      auto text = std::get<std::string>(rows->value(0, row));
      out.push_back(literal(type, engine::quote_literal(text), text));
    }
    if (out.size() > 10'000) return std::unexpected(condition(Error::Kind::invalid, "_LEGACY_ERROR_TEMP_1324", "54000", "The pivot column has more than 10000 distinct values."));
  }
}

}  // namespace axonite::spark
