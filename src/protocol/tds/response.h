#pragma once
// The tokens of a response (MS-TDS 2.2.7), sent as packets as they fill up; also the Sink of a tsql::Session.
#include <deque>
#include <functional>

#include "protocol/tds/packet.h"
#include "protocol/tds/types.h"

namespace axonite::protocol::tds {

class Response : public tsql::Sink {
 public:
  // `cancelled` is asked while rows flow and between statements; true ends the batch.
  Response(net::Stream& stream, std::size_t packet_bytes, std::chrono::seconds write_time, std::uint64_t& transaction,
           std::function<bool()> cancelled);

  // Inside an RPC statements end with DONEINPROC and the call with DONEPROC.
  void start_call() { in_call_ = true; }

  Result<void> columns(std::span<const tsql::Column> columns) override;
  Result<void> rows(engine::Rows& rows) override;
  Result<void> statement_done(tsql::Command command, std::optional<std::int64_t> count) override;
  Result<void> message(const tsql::Message& message) override;
  Result<void> database_changed(std::string_view database) override;
  Result<void> transaction_changed(bool active, bool rolled_back) override;
  Result<void> return_status(int status) override;

  Result<void> return_value(const tsql::Parameter& parameter, std::uint16_t ordinal);
  void environment(std::uint8_t kind, std::string_view now, std::string_view before);  // raw bytes
  void environment_text(std::uint8_t kind, std::string_view now, std::string_view before);
  void token(std::string_view bytes) { out_.add(bytes); }
  void call_done(bool more);
  // The end of the response: closes what is open, marks the last packet.
  Result<void> finish();
  Result<void> finish_attention();  // DONE with 0x20
  // The number of the last error of the current call; 0 while there was none.
  int call_error() const { return call_error_; }

 private:
  void done(std::uint8_t token, std::uint16_t status, std::uint16_t command, std::uint64_t count);
  void end_pending(bool more);
  Result<void> go_on_unless_cancelled() const;
  Result<void> flush_full();

  net::Stream& stream_;
  std::size_t packet_bytes_;
  std::chrono::seconds write_time_;
  std::uint64_t& transaction_;
  std::function<bool()> cancelled_;
  Bytes out_;
  std::uint8_t packet_id_ = 0;
  std::vector<tsql::Column> columns_;
  bool in_call_ = false, ended_ = false, statement_error_ = false;
  int call_error_ = 0;
  // The DONE of a statement waits until it is known whether another follows.
  struct PendingDone {
    std::uint8_t token;
    std::uint16_t status, command;
    std::uint64_t count;
  };
  std::optional<PendingDone> pending_;
};

inline constexpr std::string_view kServerName = "axonite";

}  // namespace axonite::protocol::tds
