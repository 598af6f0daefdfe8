#include "protocol/spark_connect/errors.h"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/support/status.h>

#include <boost/json.hpp>

#include "base/id.h"
#include "base/json.h"

namespace axonite::protocol::spark_connect {
namespace {

constexpr std::size_t kMessageBytesMax = 2048;  // trailers have to fit gRPC's 8 KiB of metadata
constexpr std::size_t kParameterBytesMax = 1024;

// What Spark throws for the classes of errors that the analyzer gives; the kind decides for all others.
std::string thrown_class(const Error& error) {
  if (error.code.starts_with("PARSE_")) return "org.apache.spark.sql.catalyst.parser.ParseException";
  if (error.code == "CAST_INVALID_INPUT") return "org.apache.spark.SparkNumberFormatException";
  if (error.code == "DIVIDE_BY_ZERO" || error.code == "ARITHMETIC_OVERFLOW") return "org.apache.spark.SparkArithmeticException";
  if (error.code == "INVALID_ARRAY_INDEX" || error.code == "INVALID_ARRAY_INDEX_IN_ELEMENT_AT") return "org.apache.spark.SparkArrayIndexOutOfBoundsException";
  if (error.code.starts_with("INVALID_HANDLE")) return "org.apache.spark.SparkSQLException";
  switch (error.kind) {
    case Error::Kind::invalid:
    case Error::Kind::not_found:
    case Error::Kind::conflict: return "org.apache.spark.sql.AnalysisException";
    case Error::Kind::unsupported: return "org.apache.spark.SparkUnsupportedOperationException";
    case Error::Kind::unauthenticated:
    case Error::Kind::forbidden:
    case Error::Kind::precondition:
    case Error::Kind::too_large:
    case Error::Kind::throttled:
    case Error::Kind::unavailable:
    case Error::Kind::cancelled:
    case Error::Kind::internal: return "org.apache.spark.SparkException";
  }
  return "org.apache.spark.SparkException";
}

std::string parent_class(std::string_view thrown) {
  if (thrown.ends_with("ParseException")) return "org.apache.spark.sql.AnalysisException";
  if (thrown.ends_with("SparkNumberFormatException")) return "java.lang.NumberFormatException";
  if (thrown.ends_with("SparkArithmeticException")) return "java.lang.ArithmeticException";
  if (thrown.ends_with("SparkArrayIndexOutOfBoundsException")) return "java.lang.ArrayIndexOutOfBoundsException";
  if (thrown.ends_with("SparkUnsupportedOperationException")) return "java.lang.UnsupportedOperationException";
  return "java.lang.Exception";
}

grpc::StatusCode grpc_code(Error::Kind kind) {
  switch (kind) {
    case Error::Kind::unauthenticated: return grpc::StatusCode::UNAUTHENTICATED;
    case Error::Kind::throttled: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case Error::Kind::invalid:
    case Error::Kind::forbidden:
    case Error::Kind::not_found:
    case Error::Kind::conflict:
    case Error::Kind::precondition:
    case Error::Kind::too_large:
    case Error::Kind::unsupported:
    case Error::Kind::unavailable:
    case Error::Kind::cancelled:
    case Error::Kind::internal: return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

std::string classes_json(const Error& error) {
  json::Array classes;
  for (auto& name : java_classes(error)) classes.emplace_back(name);
  return json::write(classes);
}

}  // namespace

std::vector<std::string> java_classes(const Error& error) {
  std::vector<std::string> classes{thrown_class(error)};
  auto parent = parent_class(classes.front());
  classes.push_back(parent);
  if (parent != "java.lang.Exception") classes.push_back("java.lang.Exception");
  return classes;
}

grpc::Status status_of(const Error& error, const std::string& error_id) {
  std::string message = error.message.substr(0, kMessageBytesMax);
  google::rpc::ErrorInfo info;
  info.set_reason(thrown_class(error));
  info.set_domain("org.apache.spark");
  auto& metadata = *info.mutable_metadata();
  metadata["classes"] = classes_json(error);
  metadata["errorClass"] = error.code;
  if (!error.target.empty()) metadata["sqlState"] = error.target;
  json::Object parameters;
  for (auto& detail : error.details) parameters[detail.code] = detail.message;
  auto text = json::write(parameters);
  if (text.size() <= kParameterBytesMax) metadata["messageParameters"] = text;
  if (!error_id.empty()) metadata["errorId"] = error_id;
  google::rpc::Status status;
  status.set_code(grpc_code(error.kind));
  status.set_message(message);
  status.add_details()->PackFrom(info);
  return {grpc_code(error.kind), message, status.SerializeAsString()};
}

std::string KeptErrors::keep(const Error& error) {
  std::lock_guard lock(mutex_);
  errors_.emplace_back(new_uuid(), error);
  if (errors_.size() > kKeptMax) errors_.pop_front();
  return errors_.back().first;
}

std::optional<Error> KeptErrors::find(const std::string& id) const {
  std::lock_guard lock(mutex_);
  for (auto& [key, error] : errors_)
    if (key == id) return error;
  return std::nullopt;
}

}  // namespace axonite::protocol::spark_connect
