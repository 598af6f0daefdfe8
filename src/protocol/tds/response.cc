#include "protocol/tds/response.h"

#include <atomic>

namespace axonite::protocol::tds {
namespace {

constexpr std::uint8_t kDone = 0xFD, kDoneProcedure = 0xFE, kDoneInProcedure = 0xFF;
constexpr std::uint16_t kMore = 0x01, kError = 0x02, kCount = 0x10, kAttention = 0x20;
constexpr std::size_t kFlushBytes = 128u << 10;

std::uint16_t command_code(tsql::Command command) {
  switch (command) {
    case tsql::Command::other: return 0;
    case tsql::Command::select: return 0xC1;
    case tsql::Command::insert: return 0xC3;
    case tsql::Command::delete_: return 0xC4;
    case tsql::Command::update: return 0xC5;
    case tsql::Command::merge: return 0x117;
  }
  return 0;
}

}  // namespace

Response::Response(net::Stream& stream, std::size_t packet_bytes, std::chrono::seconds write_time,
                   std::uint64_t& transaction, std::function<bool()> cancelled)
    : stream_(stream), packet_bytes_(packet_bytes), write_time_(write_time), transaction_(transaction),
      cancelled_(std::move(cancelled)) {}

void Response::done(std::uint8_t token, std::uint16_t status, std::uint16_t command, std::uint64_t count) {
  out_.u8(token);
  out_.u16(status);
  out_.u16(command);
  out_.u64(count);
}

void Response::end_pending(bool more) {
  if (!pending_) return;
  auto status = static_cast<std::uint16_t>(pending_->status | (more || pending_->token == kDoneInProcedure ? kMore : 0));
  done(pending_->token, status, pending_->command, pending_->count);
  pending_.reset();
}

Result<void> Response::go_on_unless_cancelled() const {
  if (cancelled_()) return std::unexpected(cancelled("QueryCancelled", "The client cancelled the request."));
  return {};
}

// Whole packets only, so that the next ones follow without a short packet between.
Result<void> Response::flush_full() {
  auto payload = packet_bytes_ - kHeaderBytes;
  auto whole = (out_.size() - 1) / payload * payload;  // keeps at least a byte for the last packet
  if (whole == 0) return {};
  CHECK_OK(write_packets(stream_, PacketType::response, out_.view().substr(0, whole), packet_bytes_, false, packet_id_,
                         net::in(write_time_)));
  out_.drop_front(whole);
  return {};
}

Result<void> Response::columns(std::span<const tsql::Column> columns) {
  end_pending(true);
  columns_.assign(columns.begin(), columns.end());
  write_column_metadata(out_, columns_);
  return go_on_unless_cancelled();
}

Result<void> Response::rows(engine::Rows& rows) {
  RowEncoder encoder(columns_);
  for (std::size_t row = 0; row < rows.size();) {
    TRY(row, encoder.encode(out_, rows, row, kFlushBytes));
    if (out_.size() >= kFlushBytes) CHECK_OK(flush_full());
  }
  return go_on_unless_cancelled();
}

Result<void> Response::statement_done(tsql::Command command, std::optional<std::int64_t> count) {
  end_pending(true);
  auto status = static_cast<std::uint16_t>((count ? kCount : 0) | (statement_error_ ? kError : 0));
  pending_ = PendingDone{in_call_ ? kDoneInProcedure : kDone, status, command_code(command),
                         static_cast<std::uint64_t>(count.value_or(0))};
  statement_error_ = false;
  return go_on_unless_cancelled();
}

Result<void> Response::message(const tsql::Message& message) {
  end_pending(true);
  bool error = message.severity > 10;
  statement_error_ |= error;
  if (error) call_error_ = message.number;
  Bytes body;
  body.u32(static_cast<std::uint32_t>(message.number));
  body.u8(static_cast<std::uint8_t>(message.state));
  body.u8(static_cast<std::uint8_t>(message.severity));
  body.us_varchar(std::string_view(message.text).substr(0, 8000));
  body.b_varchar(kServerName);
  body.b_varchar(message.procedure);
  body.u32(static_cast<std::uint32_t>(message.line));
  out_.u8(error ? 0xAA : 0xAB);
  out_.u16(static_cast<std::uint16_t>(body.size()));
  out_.add(body.view());
  return {};
}

void Response::environment(std::uint8_t kind, std::string_view now, std::string_view before) {
  end_pending(true);
  out_.u8(0xE3);
  out_.u16(static_cast<std::uint16_t>(3 + now.size() + before.size()));
  out_.u8(kind);
  out_.u8(static_cast<std::uint8_t>(now.size()));
  out_.add(now);
  out_.u8(static_cast<std::uint8_t>(before.size()));
  out_.add(before);
}

void Response::environment_text(std::uint8_t kind, std::string_view now, std::string_view before) {
  end_pending(true);
  Bytes body;
  body.u8(kind);
  body.b_varchar(now);
  body.b_varchar(before);
  out_.u8(0xE3);
  out_.u16(static_cast<std::uint16_t>(body.size()));
  out_.add(body.view());
}

Result<void> Response::database_changed(std::string_view database) {
  environment_text(1, database, "");
  return message({.number = 5701, .severity = 10, .state = 2, .text = "Changed database context to '" + std::string(database) + "'."});
}

Result<void> Response::transaction_changed(bool active, bool rolled_back) {
  auto bytes = [&] { return std::string_view(reinterpret_cast<const char*>(&transaction_), sizeof transaction_); };
  static std::atomic<std::uint64_t> last_descriptor = 0;
  if (active) {
    transaction_ = ++last_descriptor;
    environment(8, bytes(), {});
  } else if (transaction_ != 0) {
    environment(rolled_back ? 10 : 9, {}, bytes());
    transaction_ = 0;
  }
  return {};
}

Result<void> Response::return_status(int status) {
  end_pending(true);
  out_.u8(0x79);
  out_.u32(static_cast<std::uint32_t>(status));
  return {};
}

Result<void> Response::return_value(const tsql::Parameter& parameter, std::uint16_t ordinal) {
  end_pending(true);
  out_.u8(0xAC);
  out_.u16(ordinal);
  out_.b_varchar(parameter.name);
  out_.u8(1);   // an output parameter
  out_.u32(0);  // user type
  out_.u16(1);  // nullable
  write_type_info(out_, parameter.type);
  return write_value(out_, parameter.type, parameter.value);
}

void Response::call_done(bool more) {
  end_pending(true);
  done(kDoneProcedure, static_cast<std::uint16_t>((more ? kMore : 0) | (statement_error_ ? kError : 0)), 0, 0);
  statement_error_ = false;
  call_error_ = 0;
  ended_ = !more;
}

Result<void> Response::finish() {
  if (in_call_ && !ended_) call_done(false);  // the call ended by an error
  else if (pending_) end_pending(false);
  else if (!in_call_) done(kDone, statement_error_ ? kError : 0, 0, 0);
  return write_packets(stream_, PacketType::response, out_.view(), packet_bytes_, true, packet_id_, net::in(write_time_));
}

Result<void> Response::finish_attention() {
  pending_.reset();
  done(kDone, kAttention, 0, 0);
  return write_packets(stream_, PacketType::response, out_.view(), packet_bytes_, true, packet_id_, net::in(write_time_));
}

}  // namespace axonite::protocol::tds
