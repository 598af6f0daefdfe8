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
    CHECK_OK(client_.session->reset());
    prepared_.clear();
    if (message.status & kResetConnection) transaction_ = 0;
    response.environment(18, {}, {});
  }
  int descriptor = client_.stream->descriptor();
  watch_.watch(descriptor, [&] {
    attention = true;
    client_.session->interrupt();
  });
  auto outcome = run(message, response);
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
    return execute(statement, std::span(rpc.parameters).subspan(declares ? 2 : 1), response);
  }
  if (rpc.procedure == "sp_prepare") return prepare(rpc, false, response);
  if (rpc.procedure == "sp_prepexec") return prepare(rpc, true, response);
  if (rpc.procedure == "sp_execute") return execute_prepared(rpc, response);
  if (rpc.procedure == "sp_unprepare") {
    auto handle = rpc.parameters.empty() ? nullptr : std::get_if<std::int64_t>(&rpc.parameters[0].value);
    if (handle) prepared_.erase(static_cast<std::int32_t>(*handle));
    return response.return_status(0);
  }
  if (rpc.procedure.starts_with("sp_cursor")) {
    return response.message(says(104385, "Server cursors (" + rpc.procedure + ") are not supported; use a forward-only, read-only cursor."));
  }
  return procedure(rpc, response);
}

// Declared parameters take their values by name, or by position where the client names none.
Result<void> Requests::execute(const Statement& statement, std::span<tsql::Parameter> given, Response& response) {
  std::vector<tsql::Parameter> parameters;
  if (!text::trim(statement.declarations).empty()) {
    auto declared = client_.session->parse_declarations(statement.declarations);
    if (!declared) return response.message(says(102, declared.error().message));
    parameters = std::move(*declared);
  }
  std::vector<std::size_t> sources(given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    std::size_t target = i;
    for (std::size_t j = 0; !given[i].name.empty() && j < parameters.size(); ++j) {
      if (text::equals_ignoring_case(parameters[j].name, given[i].name)) target = j;
    }
    if (target >= parameters.size()) return response.message(says(8144, "The statement has too many arguments specified."));
    parameters[target].value = std::move(given[i].value);
    parameters[target].output = given[i].output;
    sources[i] = target;
  }
  CHECK_OK(client_.session->batch(statement.text, parameters, response));
  CHECK_OK(response.return_status(0));
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i].output) continue;
    auto& parameter = parameters[sources[i]];
    parameter.name = given[i].name;
    CHECK_OK(response.return_value(parameter, static_cast<std::uint16_t>(i)));
  }
  return {};
}

Result<void> Requests::prepare(Rpc& rpc, bool run, Response& response) {
  if (rpc.parameters.size() < 3) return response.message(says(201, rpc.procedure + " expects a handle, parameters and a statement."));
  if (prepared_.size() >= kPreparedMax) return response.message(says(701, "The session has too many prepared statements."));
  Statement statement{text_of(rpc.parameters[1]), text_of(rpc.parameters[2])};
  auto handle = ++last_handle_;
  prepared_[handle] = statement;
  if (run) CHECK_OK(execute(statement, std::span(rpc.parameters).subspan(3), response));
  else CHECK_OK(response.return_status(0));
  // The name is the client's own: drivers look for it.
  tsql::Parameter answer{.name = rpc.parameters[0].name, .type = {.id = tsql::TypeId::int_}, .value = std::int64_t{handle}};
  return response.return_value(answer, 0);
}

Result<void> Requests::execute_prepared(Rpc& rpc, Response& response) {
  auto handle = rpc.parameters.empty() ? nullptr : std::get_if<std::int64_t>(&rpc.parameters[0].value);
  auto found = handle ? prepared_.find(static_cast<std::int32_t>(*handle)) : prepared_.end();
  if (found == prepared_.end()) return response.message(says(8179, "Could not find prepared statement with that handle."));
  return execute(found->second, std::span(rpc.parameters).subspan(1), response);
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
  if (kind == rollback) response.ends_as_rollback();
  CHECK_OK(kind == commit ? client_.session->commit(response) : client_.session->rollback(response));
  return begins_next ? client_.session->begin(response) : ok();
}

}  // namespace axonite::protocol::tds
