// rooms: spark
// Any bytes as Spark SQL, as a plan message, as a type and as local data: read or refused, never a crash.
#include <spark/connect/base.pb.h>

#include <cstddef>
#include <cstdint>

#include "spark/analyzer.h"
#include "spark/arrow_reader.h"
#include "spark/decode.h"
#include "spark/errors.h"
#include "spark/parser.h"

namespace {

using namespace axonite::spark;

class NoTables : public Source {
  axonite::Result<RelationPtr> view(const std::vector<std::string>&) override { return nullptr; }
  axonite::Result<External> table(const std::vector<std::string>&) override { return External{"t", {{"a", {TypeKind::integer}, true}}, "t"}; }
  axonite::Result<External> files(const Relation&) override { return std::unexpected(path_not_found("p")); }
  axonite::Result<External> local(const Relation& relation) override {
    auto fields = arrow_schema(relation.text);
    if (!fields) return std::unexpected(fields.error());
    return External{"l", *fields, "l"};
  }
  axonite::Result<std::string> render(const Analyzed&, const Relation&) override { return ""; }
  axonite::Result<std::vector<ExprPtr>> distinct_values(const std::string&, const DataType&) override { return std::vector<ExprPtr>{}; }
  std::string time_zone() const override { return "UTC"; }
  std::string user() const override { return "u"; }
};

void analyze(const Relation& relation) {
  NoTables tables;
  Analyzer analyzer(tables);
  (void)analyzer.relation(relation);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto statement = parse_statement(bytes); statement && statement->query) analyze(*statement->query);
  (void)parse_ddl(bytes);
  (void)arrow_schema(bytes);
  ::spark::connect::Relation message;
  if (!message.ParseFromArray(data, static_cast<int>(size))) return 0;
  Decoder decoder([](const std::string&) -> const std::string* { return nullptr; });
  if (auto relation = decoder.relation(message)) analyze(**relation);
  return 0;
}
