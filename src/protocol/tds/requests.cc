#include "protocol/tds/requests.h"

#include <atomic>

#include "base/text.h"
#include "protocol/tds/errors.h"

namespace axonite::protocol::tds {
namespace {

constexpr std::uint8_t kResetConnection = 0x08, kResetKeepTransaction = 0x10;
constexpr std::size_t kPreparedMax = 10'000;

std::string text_of(const tsql::Parameter& parameter) {
  auto text = std::get_if<std::string>(&parameter.value);
  return text ? *text : std::string();
}

tsql::Message says(int number, std::string text) {
  return {.number = number, .severity = 16, .state = 1, .line = 1, .text = std::move(text), .procedure = {}};
}

std::optional<std::int32_t> handle_of(const Rpc& rpc) {
  auto handle = rpc.parameters.empty() ? nullptr : std::get_if<std::int64_t>(&rpc.parameters[0].value);
  return handle ? std::optional(static_cast<std::int32_t>(*handle)) : std::nullopt;
}

tsql::Message no_statement(std::optional<std::int32_t> handle) {
  return says(8179, "Could not find prepared statement with handle " + std::to_string(handle.value_or(0)) + ".");
}

}  // namespace

Error Requests::serve() {
  while (true) {
    auto message = read_message(*client_.stream, options_.request_bytes_max, net::in(options_.idle_time));
    if (!message) return message.error();
    if (auto served = serve_one(*message); !served) return served.error();
  }
}

Result<void> Requests::serve_one(const Message& message) {
  std::atomic<bool> attention = false;
  Response response(*client_.stream, client_.packet_bytes, options_.write_time, transaction_,
                    [&] { return attention.load(std::memory_order_relaxed); });
  if (message.type == PacketType::attention) return response.finish_attention();  // nothing runs any more
  if (message.status & kIgnore) return response.finish();
  if (message.status & (kResetConnection | kResetKeepTransaction)) {
    if (auto done = reset(message.status, response); !done) {
      CHECK_OK(response.message(message_of(done.error())));
      return response.finish();
    }
  }
  int descriptor = client_.stream->descriptor();
  watch_.watch(descriptor, [&] {
    attention = true;
    client_.session->interrupt();
  });
  // Over TLS an ATTENTION may have been read together with the request.
  attention = attention || client_.stream->has_buffered();
  auto outcome = attention ? ok() : run(message, response);
  watch_.unwatch(descriptor);
  if (attention) {
    TRY(auto next, read_message(*client_.stream, options_.request_bytes_max, net::in(options_.login_time)));
    if (next.type == PacketType::attention) return response.finish_attention();
    return std::unexpected(protocol_error("A request came while another one ran."));
  }
  if (!outcome) {
    CHECK_OK(response.message(message_of(outcome.error())));
    CHECK_OK(response.finish());
    bool goes_on = outcome.error().kind == Error::Kind::unsupported || outcome.error().kind == Error::Kind::too_large ||
                   outcome.error().kind == Error::Kind::invalid;
    if (goes_on) return {};
    return std::unexpected(std::move(outcome.error()));
  }
  return response.finish();
}

// The acknowledgement goes first; a transaction that ends by it is told, or the client would go on in it.
Result<void> Requests::reset(std::uint8_t status, Response& response) {
  if (status & kResetKeepTransaction && transaction_ != 0) {
    return std::unexpected(unsupported("TdsReset", "A reset of the connection that keeps its transaction is not supported."));
  }
  CHECK_OK(client_.session->reset());
  prepared_.clear();
  response.environment(18, {}, {});
  return response.transaction_changed(false, true);
}

Result<void> Requests::run(const Message& message, Response& response) {
  TRY(auto body, without_headers(message.body));
  switch (message.type) {
    case PacketType::batch: return batch(body, response);
    case PacketType::rpc: return calls(body, response);
    case PacketType::transaction: return transaction(body, response);
    case PacketType::bulk: return std::unexpected(unsupported("TdsBulk", "INSERT BULK is not supported; use COPY INTO or INSERT."));
    default: return std::unexpected(protocol_error("A request of this type is not expected here."));
  }
}

Result<void> Requests::batch(std::string_view body, Response& response) {
  return client_.session->batch(from_utf16(body), response);
}

Result<void> Requests::calls(std::string_view body, Response& response) {
  response.start_call();
  TRY(auto calls, parse_rpcs(body));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    CHECK_OK(call(calls[i], response));
    response.call_done(i + 1 < calls.size());
  }
  return {};
}

Result<void> Requests::call(Rpc& rpc, Response& response) {
  if (rpc.procedure == "sp_executesql") {
    if (rpc.parameters.empty()) return response.message(says(201, "sp_executesql expects a statement."));
    bool declares = rpc.parameters.size() > 1;
    Statement statement{declares ? text_of(rpc.parameters[1]) : "", text_of(rpc.parameters[0])};
    return execute(statement, rpc, declares ? 2 : 1, response);
  }
  if (rpc.procedure == "sp_prepare") return prepare(rpc, false, response);
  if (rpc.procedure == "sp_prepexec") return prepare(rpc, true, response);
  if (rpc.procedure == "sp_execute") return execute_prepared(rpc, response);
  if (rpc.procedure == "sp_unprepare") return unprepare(rpc, response);
  if (rpc.procedure.starts_with("sp_cursor")) {
    return response.message(says(104385, "Server cursors (" + rpc.procedure + ") are not supported; use a forward-only, read-only cursor."));
  }
  return procedure(rpc, response);
}

// The declared parameters, which take their values by name, or by position where the client names none. Errors are
// T-SQL's own, by number.
Result<std::vector<tsql::Parameter>> Requests::bind(const Statement& statement, std::span<tsql::Parameter> given, std::vector<std::size_t>& targets) {
  std::vector<tsql::Parameter> parameters;
  if (!text::trim(statement.declarations).empty()) {
    TRY(parameters, client_.session->parse_declarations(statement.declarations));
  }
  std::vector<bool> supplied(parameters.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    std::size_t target = given[i].name.empty() ? i : 0;
    while (!given[i].name.empty() && target < parameters.size() && !text::equals_ignoring_case(parameters[target].name, given[i].name)) ++target;
    if (target >= parameters.size()) {
      return std::unexpected(given[i].name.empty() ? invalid("8144", "Procedure or function has too many arguments specified.")
                                                   : invalid("8145", given[i].name + " is not a parameter for procedure sp_executesql."));
    }
    parameters[target].value = std::move(given[i].value);
    parameters[target].output = given[i].output;
    supplied[target] = true;
    targets.push_back(target);
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (supplied[i]) continue;
    return std::unexpected(invalid("8178", "The parameterized query '" + statement.text.substr(0, 128) + "' expects the parameter '" +
                                               parameters[i].name + "', which was not supplied."));
  }
  return parameters;
}

Result<void> Requests::execute(const Statement& statement, Rpc& rpc, std::size_t first, Response& response) {
  auto given = std::span(rpc.parameters).subspan(first);
  std::vector<std::size_t> targets;
  auto parameters = bind(statement, given, targets);
  if (!parameters) {
    int number = text::parse_int<int>(parameters.error().code).value_or(102);
    CHECK_OK(response.message(says(number, parameters.error().message)));
    return response.return_status(number);
  }
  CHECK_OK(client_.session->batch(statement.text, *parameters, response));
  CHECK_OK(response.return_status(response.call_error()));
  CHECK_OK(return_handle(rpc, response));
  for (std::size_t i = 0; i < given.size() && response.call_error() == 0; ++i) {
    if (!given[i].output) continue;
    auto& parameter = (*parameters)[targets[i]];
    parameter.name = given[i].name;
    CHECK_OK(response.return_value(parameter, static_cast<std::uint16_t>(first + i)));
  }
  return {};
}

// The name is the client's own: drivers look for it. It goes before other output values, as drivers take the first for it.
Result<void> Requests::return_handle(const Rpc& rpc, Response& response) {
  if (!rpc.procedure.starts_with("sp_prep")) return {};
  tsql::Parameter answer{.name = rpc.parameters[0].name, .type = {.id = tsql::TypeId::int_}, .value = std::int64_t{last_handle_}};
  return response.return_value(answer, 0);
}

Result<void> Requests::prepare(Rpc& rpc, bool run, Response& response) {
  if (rpc.parameters.size() < 3) return response.message(says(201, rpc.procedure + " expects a handle, parameters and a statement."));
  if (auto replaced = handle_of(rpc)) prepared_.erase(*replaced);
  if (prepared_.size() >= kPreparedMax) return response.message(says(701, "The session has too many prepared statements."));
  Statement statement{text_of(rpc.parameters[1]), text_of(rpc.parameters[2])};
  prepared_[++last_handle_] = statement;
  if (run) return execute(statement, rpc, 3, response);
  CHECK_OK(response.return_status(0));
  return return_handle(rpc, response);
}

Result<void> Requests::execute_prepared(Rpc& rpc, Response& response) {
  auto handle = handle_of(rpc);
  auto found = handle ? prepared_.find(*handle) : prepared_.end();
  if (found == prepared_.end()) return response.message(no_statement(handle));
  return execute(found->second, rpc, 1, response);
}

Result<void> Requests::unprepare(Rpc& rpc, Response& response) {
  auto handle = handle_of(rpc);
  if (!handle || prepared_.erase(*handle) == 0) return response.message(no_statement(handle));
  return response.return_status(0);
}

Result<void> Requests::procedure(Rpc& rpc, Response& response) {
  CHECK_OK(client_.session->call(rpc.procedure, rpc.parameters, response));
  for (std::size_t i = 0; i < rpc.parameters.size(); ++i) {
    if (rpc.parameters[i].output) CHECK_OK(response.return_value(rpc.parameters[i], static_cast<std::uint16_t>(i)));
  }
  return {};
}

Result<void> Requests::transaction(std::string_view body, Response& response) {
  enum : std::uint16_t { begin = 5, commit = 7, rollback = 8 };
  Reader reader(body);
  auto kind = reader.u16();
  CHECK_OK(reader.ok());
  if (kind == begin) return client_.session->begin(response);
  if (kind != commit && kind != rollback) {
    return std::unexpected(unsupported("TdsTransaction", "Savepoints and distributed transactions are not supported."));
  }
  reader.take(reader.u8());  // the name
  bool begins_next = !reader.empty() && reader.u8() & 0x01;
  CHECK_OK(kind == commit ? client_.session->commit(response) : client_.session->rollback(response));
  return begins_next ? client_.session->begin(response) : ok();
}

}  // namespace axonite::protocol::tds
