#include "protocol/spark_connect/server.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server_posix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "protocol/spark_connect/service.h"
#include "protocol/spark_connect/tls_relay.h"

namespace axonite::protocol::spark_connect {
namespace {

constexpr unsigned char kTlsHandshakeRecord = 0x16;

class GrpcServer : public Server {
 public:
  GrpcServer(Limits limits, const identity::TokenVerifier& verifier, OpenSession open, net::ContextForName tls, Clock& clock)
      : limits_(limits), verifier_(verifier), sessions_(limits, std::move(open), clock), relay_(std::move(tls), limits.connections_max) {}
  ~GrpcServer() override { stop(); }

  void accept(int descriptor) override {
    unsigned char first = 0;
    if (::recv(descriptor, &first, 1, MSG_PEEK) != 1) {
      ::close(descriptor);
      return;
    }
    int on = 1;  // gRPC sets it on connections that it accepts itself; without it small answers wait 40 ms for an acknowledgement
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (first == kTlsHandshakeRecord) return relay_.start(descriptor, [this](int plain) { hand_over(plain); });
    hand_over(descriptor);
  }

  void stop() override {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
      if (server_) server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
    }
    relay_.stop();
    sessions_.clear();
  }

 private:
  // To gRPC, which owns the descriptor from here on.
  void hand_over(int descriptor) {
    std::lock_guard lock(mutex_);
    if (!stopped_ && !server_) start();
    if (stopped_ || !server_) {
      ::close(descriptor);
      return;
    }
    grpc::AddInsecureChannelFromFd(server_.get(), descriptor);
  }

  void start() {
    service_ = make_service(sessions_, verifier_, limits_);
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(limits_.message_bytes_max);
    builder.SetMaxSendMessageSize(limits_.message_bytes_max);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    if (!server_) log::error("protocol/spark_connect", "gRPC did not start");
  }

  Limits limits_;
  const identity::TokenVerifier& verifier_;
  Sessions sessions_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::Server> server_;
  TlsRelay relay_;
};

}  // namespace

std::unique_ptr<Server> Server::create(Limits limits, const identity::TokenVerifier& verifier, OpenSession open_session, net::ContextForName tls, Clock& clock) {
  return std::make_unique<GrpcServer>(limits, verifier, std::move(open_session), std::move(tls), clock);
}

std::vector<std::string> operation_names() {
  std::vector<std::string> names;
  for (auto call : {"AddArtifacts", "AnalyzePlan", "ArtifactStatus", "Config", "ExecutePlan", "FetchErrorDetails", "Interrupt", "ReattachExecute", "ReleaseExecute", "ReleaseSession"})
    names.push_back(std::string("spark_connect.") + call);
  return names;
}

}  // namespace axonite::protocol::spark_connect
