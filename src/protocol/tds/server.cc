#include "protocol/tds/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <set>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "protocol/tds/requests.h"

namespace axonite::protocol::tds {

struct Server::State {
  ServerOptions options;
  std::shared_ptr<Authenticator> authenticator;
  SessionFactory sessions;
  net::ContextForName tls_12, tls_strict;
  AttentionWatch watch;
  std::mutex mutex;
  std::condition_variable left;
  std::set<int> descriptors;  // of connected clients, to wake their threads
  bool stopping = false;

  void serve(int descriptor) {
    Doors doors{options, *authenticator, sessions, tls_12, tls_strict};
    auto client = connect_client(net::socket_stream(dup(descriptor)), doors);
    if (!client) {
      log::info("protocol/tds", "login refused: " + client.error().code);
      return;
    }
    auto reason = Requests(std::move(*client), options, watch).serve();
    if (reason.kind != Error::Kind::cancelled) log::info("protocol/tds", "connection ended: " + reason.message + reason.log);
  }
};

Server::Server(ServerOptions options, std::shared_ptr<Authenticator> authenticator, SessionFactory sessions,
               net::ContextForName tls_12, net::ContextForName tls_strict)
    : state_(new State{.options = std::move(options), .authenticator = std::move(authenticator),
                       .sessions = std::move(sessions), .tls_12 = std::move(tls_12), .tls_strict = std::move(tls_strict),
                       .watch = {}, .mutex = {}, .left = {}, .descriptors = {}}) {}

Server::~Server() { stop(); }

void Server::accept(int descriptor) {
  std::lock_guard lock(state_->mutex);
  if (state_->stopping || state_->descriptors.size() >= state_->options.connections_max) {
    close(descriptor);
    return;
  }
  state_->descriptors.insert(descriptor);
  std::thread([state = state_, descriptor] {
    state->serve(descriptor);
    std::lock_guard ending(state->mutex);
    state->descriptors.erase(descriptor);
    close(descriptor);
    state->left.notify_all();
  }).detach();
}

void Server::stop() {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  for (int descriptor : state_->descriptors) ::shutdown(descriptor, SHUT_RDWR);
  state_->left.wait(lock, [&] { return state_->descriptors.empty(); });
}

}  // namespace axonite::protocol::tds
