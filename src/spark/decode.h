#pragma once
// Spark Connect's messages into plans.
#include "spark/plan.h"
#include "spark/session.h"

namespace spark::connect {
class DataType;
class Expression;
class Expression_Literal;
class Expression_SortOrder;
class Relation;
}  // namespace spark::connect

namespace axonite::spark {

// Finds what a plan names by the hash of its content: "cache/<hash>"; nothing when it was never uploaded.
using FindArtifact = std::function<const std::string*(const std::string& name)>;

class Decoder {
 public:
  explicit Decoder(FindArtifact find) : find_(std::move(find)) {}
  // Errors: unsupported("UNSUPPORTED_FEATURE") naming the message; PARSE_* from expressions given as text.
  Result<RelationPtr> relation(const proto::Relation& message);
  Result<ExprPtr> expression(const ::spark::connect::Expression& message);

 private:
  struct Depth;
  Result<void> decode_into(const proto::Relation& message, Relation& out);
  Result<void> decode_shape(const proto::Relation& message, Relation& out);
  Result<void> decode_columns(const proto::Relation& message, Relation& out);
  Result<void> decode_missing(const proto::Relation& message, Relation& out);
  Result<void> decode_read(const proto::Relation& message, Relation& out);
  Result<void> decode_local(const proto::Relation& message, Relation& out);
  Result<void> decode_join(const proto::Relation& message, Relation& out);
  Result<void> decode_aggregate(const proto::Relation& message, Relation& out);
  Result<void> decode_sql(const proto::Relation& message, Relation& out);
  Result<void> decode_with_relations(const proto::Relation& message, Relation& out);
  Result<void> input(const proto::Relation& message, Relation& out);
  template <class Messages>
  Result<void> expressions(const Messages& messages, std::vector<ExprPtr>& out);
  template <class Messages>
  Result<void> sort_keys(const Messages& messages, std::vector<SortKey>& out);
  Result<SortKey> sort_key(const ::spark::connect::Expression_SortOrder& message);
  Result<ExprPtr> window(const ::spark::connect::Expression& message);
  Result<ExprPtr> cast(const ::spark::connect::Expression& message);
  Result<ExprPtr> subquery(const ::spark::connect::Expression& message);
  Result<ExprPtr> composed(const ::spark::connect::Expression& message);

  FindArtifact find_;
  std::map<std::int64_t, RelationPtr> references_;  // subqueries by plan id
  int depth_ = 0;
};

Result<DataType> decode_type(const ::spark::connect::DataType& message);
void encode_type(const DataType& type, ::spark::connect::DataType& out);
Result<ExprPtr> decode_literal(const ::spark::connect::Expression_Literal& message);

}  // namespace axonite::spark
