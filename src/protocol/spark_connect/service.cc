#include "protocol/spark_connect/service.h"

#include <spark/connect/base.grpc.pb.h>

#include "base/id.h"
#include "base/text.h"
#include "protocol/spark_connect/artifacts.h"

namespace axonite::protocol::spark_connect {
namespace {

using grpc::ServerContext;
using grpc::Status;
using namespace ::spark::connect;

constexpr std::chrono::seconds kProgressEvery{2};  // as Spark's spark.connect.progress.reportInterval
constexpr std::chrono::seconds kStreamMax{120};    // as Spark's senderMaxStreamDuration: the client reattaches
const std::vector<std::string_view> kAudiences{"https://dev.azuresynapse.net"};

class Service final : public SparkConnectService::Service {
 public:
  Service(Sessions& sessions, const identity::TokenVerifier& verifier, const Limits& limits) : sessions_(sessions), verifier_(verifier), limits_(limits) {}

  Status ExecutePlan(ServerContext* context, const ExecutePlanRequest* request, grpc::ServerWriter<ExecutePlanResponse>* writer) override {
    auto session = session_of(*context, *request);
    if (!session) return status_of(session.error(), {});
    auto& opened = **session;
    bool reattachable = false;
    for (auto& option : request->request_options())
      if (option.has_reattach_options()) reattachable = option.reattach_options().reattachable();
    auto id = request->operation_id().empty() ? new_uuid() : request->operation_id();
    auto execution = opened.add(id, {request->tags().begin(), request->tags().end()}, limits_);
    if (!execution) return failed(opened, execution.error());
    start(opened, **execution, request->plan());
    return stream(*context, opened, **execution, 0, reattachable, *writer);
  }

  Status ReattachExecute(ServerContext* context, const ReattachExecuteRequest* request, grpc::ServerWriter<ExecutePlanResponse>* writer) override {
    auto session = session_of(*context, *request);
    if (!session) return status_of(session.error(), {});
    auto execution = (*session)->find(request->operation_id());
    if (!execution) return status_of(invalid_handle("OPERATION_NOT_FOUND", request->operation_id(), "Operation not found."), {});
    auto place = execution->place_after(request->last_response_id());
    if (!place) return status_of(invalid("INVALID_CURSOR.POSITION_NOT_AVAILABLE", "[INVALID_CURSOR.POSITION_NOT_AVAILABLE] The cursor is invalid. The cursor position is no longer available. SQLSTATE: HY109"), {});
    return stream(*context, **session, *execution, *place, true, *writer);
  }

  Status ReleaseExecute(ServerContext* context, const ReleaseExecuteRequest* request, ReleaseExecuteResponse* response) override {
    auto session = session_of(*context, *request);
    if (!session) return status_of(session.error(), {});
    stamp(**session, *response);
    if (auto execution = (*session)->find(request->operation_id())) {
      response->set_operation_id(request->operation_id());
      if (request->has_release_until()) execution->release_until(request->release_until().response_id());
      if (request->has_release_all()) (*session)->remove(request->operation_id());
    }
    return Status::OK;
  }

  Status AnalyzePlan(ServerContext* context, const AnalyzePlanRequest* request, AnalyzePlanResponse* response) override {
    auto session = session_of(*context, *request);
    if (!session) return status_of(session.error(), {});
    stamp(**session, *response);
    return answer(**session, (*session)->spark->analyze(*request, *response));
  }

  Status Config(ServerContext* context, const ConfigRequest* request, ConfigResponse* response) override {
    auto session = session_of(*context, *request);
    if (!session) return status_of(session.error(), {});
    stamp(**session, *response);
    return answer(**session, (*session)->spark->configure(request->operation(), *response));
  }

  Status Interrupt(ServerContext* context, const InterruptRequest* request, InterruptResponse* response) override {
    auto session = session_of(*context, *request);
    if (!session) return status_of(session.error(), {});
    stamp(**session, *response);
    std::vector<std::shared_ptr<Execution>> chosen;
    {
      std::lock_guard lock((*session)->mutex);
      for (auto& [id, execution] : (*session)->executions)
        if (is_meant(*request, *execution) && !execution->finished()) chosen.push_back(execution);
    }
    for (auto& execution : chosen) {
      execution->cancel();
      response->add_interrupted_ids(execution->id());
    }
    return Status::OK;
  }

  Status ReleaseSession(ServerContext* context, const ReleaseSessionRequest* request, ReleaseSessionResponse* response) override {
    auto principal = caller_of(*context);
    if (!principal) return status_of(principal.error(), {});
    response->set_session_id(request->session_id());
    response->set_server_side_session_id(sessions_.release(*principal, request->session_id()));
    return Status::OK;
  }

  Status AddArtifacts(ServerContext* context, grpc::ServerReader<AddArtifactsRequest>* reader, AddArtifactsResponse* response) override {
    AddArtifactsRequest request;
    std::shared_ptr<OpenedSession> session;
    Upload upload(kUploadBytesMax);
    while (reader->Read(&request)) {
      if (!session) {
        auto opened = session_of(*context, request);
        if (!opened) return status_of(opened.error(), {});
        session = *opened;
        stamp(*session, *response);
      }
      auto done = upload.take(request);
      if (!done) return failed(*session, done.error());
      for (auto& artifact : *done) {
        auto* summary = response->add_artifacts();
        summary->set_name(artifact.name);
        summary->set_is_crc_successful(artifact.crc_ok);
        if (!artifact.crc_ok) continue;
        if (auto kept = session->spark->put_artifact(artifact.name, std::move(artifact.bytes)); !kept) return failed(*session, kept.error());
      }
    }
    return Status::OK;
  }

  Status ArtifactStatus(ServerContext* context, const ArtifactStatusesRequest* request, ArtifactStatusesResponse* response) override {
    auto session = session_of(*context, *request);
    if (!session) return status_of(session.error(), {});
    stamp(**session, *response);
    for (auto& name : request->names()) (*response->mutable_statuses())[name].set_exists((*session)->spark->has_artifact(name));
    return Status::OK;
  }

  Status FetchErrorDetails(ServerContext* context, const FetchErrorDetailsRequest* request, FetchErrorDetailsResponse* response) override {
    auto session = session_of(*context, *request);
    if (!session) return status_of(session.error(), {});
    stamp(**session, *response);
    auto error = (*session)->errors.find(request->error_id());
    if (!error) return Status::OK;
    response->set_root_error_idx(0);
    auto* out = response->add_errors();
    for (auto& name : java_classes(*error)) out->add_error_type_hierarchy(name);
    out->set_message(error->message);
    auto* thrown = out->mutable_spark_throwable();
    thrown->set_error_class(error->code);
    if (!error->target.empty()) thrown->set_sql_state(error->target);
    for (auto& detail : error->details) (*thrown->mutable_message_parameters())[detail.code] = detail.message;
    return Status::OK;
  }

 private:
  static constexpr std::size_t kUploadBytesMax = 1u << 30;

  static bool is_meant(const InterruptRequest& request, const Execution& execution) {
    switch (request.interrupt_type()) {
      case InterruptRequest::INTERRUPT_TYPE_ALL: return true;
      case InterruptRequest::INTERRUPT_TYPE_TAG: return execution.has_tag(request.operation_tag());
      case InterruptRequest::INTERRUPT_TYPE_OPERATION_ID: return execution.id() == request.operation_id();
      default: return false;
    }
  }

  Result<identity::Principal> caller_of(const ServerContext& context) const {
    auto& metadata = context.client_metadata();
    auto at = metadata.find("authorization");
    std::string_view value = at == metadata.end() ? std::string_view() : std::string_view(at->second.data(), at->second.size());
    if (!text::starts_with_ignoring_case(value, "Bearer ")) return std::unexpected(unauthenticated("InvalidAuthenticationToken", "A bearer token is needed: sc://localhost:port/;token=…"));
    return verifier_.verify(value.substr(7), kAudiences);
  }

  template <class Request>
  Result<std::shared_ptr<OpenedSession>> session_of(const ServerContext& context, const Request& request) {
    TRY(auto principal, caller_of(context));
    return sessions_.get(principal, request.user_context().user_id(), request.session_id(), request.client_observed_server_side_session_id());
  }

  template <class Response>
  static void stamp(const OpenedSession& session, Response& response) {
    response.set_session_id(session.id);
    response.set_server_side_session_id(session.server_side_id);
  }

  static Status failed(OpenedSession& session, const Error& error) { return status_of(error, session.errors.keep(error)); }
  static Status answer(OpenedSession& session, const Result<void>& outcome) { return outcome ? Status::OK : failed(session, outcome.error()); }

  static void start(OpenedSession& session, Execution& execution, const Plan& plan) {
    auto spark = session.spark;
    execution.start([spark, plan](const spark::Sink& sink, std::stop_token stop) { return spark->execute(plan, sink, std::move(stop)); },
                    [id = session.id, server_id = session.server_side_id](ExecutePlanResponse& response) {
                      response.set_session_id(id);
                      response.set_server_side_session_id(server_id);
                    });
  }

  struct Attached {
    Attached(Execution& execution, Clock& clock) : execution(execution), clock(clock) { execution.attach(1, clock.now()); }
    ~Attached() { execution.attach(-1, clock.now()); }
    Execution& execution;
    Clock& clock;
  };

  // Sends from `place` on. A client that went away leaves a reattachable execution as it is and ends any other.
  Status stream(ServerContext& context, OpenedSession& session, Execution& execution, std::uint64_t place, bool reattachable, grpc::ServerWriter<ExecutePlanResponse>& writer) {
    Attached attached(execution, sessions_.clock());
    auto until = std::chrono::steady_clock::now() + kStreamMax;
    ExecutePlanResponse progress;
    stamp(session, progress);
    progress.set_operation_id(execution.id());
    progress.mutable_execution_progress();
    bool open = true;
    while (open) {
      auto next = execution.next(place, kProgressEvery);
      if (next.error) {
        session.remove(execution.id());
        return failed(session, *next.error);
      }
      if (next.ended) break;
      if (next.answers.empty()) open = writer.Write(progress);
      for (std::size_t i = 0; i < next.answers.size() && open; ++i) {
        open = writer.Write(*next.answers[i].response);
        if (!reattachable) execution.release_until(next.answers[i].response_id);
      }
      place += next.answers.size();
      open = open && !context.IsCancelled();
      if (!next.answers.empty() && next.answers.back().response->has_result_complete()) break;
      if (reattachable && std::chrono::steady_clock::now() > until) return Status::OK;
    }
    if (!reattachable) session.remove(execution.id());
    return Status::OK;
  }

  Sessions& sessions_;
  const identity::TokenVerifier& verifier_;
  Limits limits_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_service(Sessions& sessions, const identity::TokenVerifier& verifier, const Limits& limits) {
  return std::make_unique<Service>(sessions, verifier, limits);
}

}  // namespace axonite::protocol::spark_connect
