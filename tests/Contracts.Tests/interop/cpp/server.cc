// The server of the interoperability tests, on a free port that it prints; it ends when its input does.
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "compression.h"
#include "grpc_testing.grpc.pb.h"

namespace {

using namespace grpc::testing;
using grpc::ServerContext;
using grpc::Status;
using grpc::StatusCode;
using grpc::WriteOptions;

void Fill(Payload* payload, int length) { payload->set_body(std::string(length, '\0')); }

Status Wished(const EchoStatus& status) {
  return Status(static_cast<StatusCode>(status.code()), status.message());
}

Status CheckCompression(bool has_wish, bool wish, const ServerContext& context) {
  if (has_wish && wish != InteropServerContextInspector::WasCompressed(context)) {
    return Status(StatusCode::INVALID_ARGUMENT, "The message is not compressed as it should be.");
  }
  return Status::OK;
}

void EchoMetadata(ServerContext* context) {
  const auto& metadata = context->client_metadata();
  auto initial = metadata.find("x-grpc-test-echo-initial");
  if (initial != metadata.end()) {
    context->AddInitialMetadata("x-grpc-test-echo-initial", {initial->second.data(), initial->second.size()});
  }
  auto trailing = metadata.find("x-grpc-test-echo-trailing-bin");
  if (trailing != metadata.end()) {
    context->AddTrailingMetadata("x-grpc-test-echo-trailing-bin",
                                 {trailing->second.data(), trailing->second.size()});
  }
}

template <typename Stream>
Status Answer(Stream* stream, const StreamingOutputCallRequest& request) {
  if (request.response_status().code() != 0) {
    return Wished(request.response_status());
  }
  for (const auto& wish : request.response_parameters()) {
    std::this_thread::sleep_for(std::chrono::microseconds(wish.interval_us()));
    WriteOptions options;
    if (!wish.compressed().value()) {
      options.set_no_compression();
    }
    StreamingOutputCallResponse response;
    Fill(response.mutable_payload(), wish.size());
    stream->Write(response, options);
  }
  return Status::OK;
}

class Service final : public TestService::Service {
  Status EmptyCall(ServerContext*, const Empty*, Empty*) override { return Status::OK; }

  Status UnaryCall(ServerContext* context, const SimpleRequest* request, SimpleResponse* response) override {
    EchoMetadata(context);
    Status checked = CheckCompression(request->has_expect_compressed(), request->expect_compressed().value(), *context);
    if (!checked.ok()) {
      return checked;
    }
    if (request->response_status().code() != 0) {
      return Wished(request->response_status());
    }
    context->set_compression_algorithm(request->response_compressed().value() ? GRPC_COMPRESS_GZIP
                                                                              : GRPC_COMPRESS_NONE);
    Fill(response->mutable_payload(), request->response_size());
    return Status::OK;
  }

  Status CacheableUnaryCall(ServerContext* context, const SimpleRequest*, SimpleResponse* response) override {
    context->AddInitialMetadata("cache-control", "max-age=60, public");
    auto now = std::chrono::system_clock::now().time_since_epoch();
    response->mutable_payload()->set_body(
        std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()));
    return Status::OK;
  }

  Status StreamingInputCall(ServerContext* context, grpc::ServerReader<StreamingInputCallRequest>* reader,
                            StreamingInputCallResponse* response) override {
    int sum = 0;
    StreamingInputCallRequest request;
    while (reader->Read(&request)) {
      Status checked = CheckCompression(request.has_expect_compressed(), request.expect_compressed().value(), *context);
      if (!checked.ok()) {
        return checked;
      }
      sum += static_cast<int>(request.payload().body().size());
    }
    response->set_aggregated_payload_size(sum);
    return Status::OK;
  }

  Status StreamingOutputCall(ServerContext* context, const StreamingOutputCallRequest* request,
                             grpc::ServerWriter<StreamingOutputCallResponse>* writer) override {
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    return Answer(writer, *request);
  }

  Status FullDuplexCall(
      ServerContext* context,
      grpc::ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest>* stream) override {
    EchoMetadata(context);
    StreamingOutputCallRequest request;
    while (stream->Read(&request)) {
      Status status = Answer(stream, request);
      if (!status.ok()) {
        return status;
      }
    }
    return Status::OK;
  }
};

}  // namespace

int RunServer() {
  Service service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  std::printf("%d\n", port);
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}
