// Runs every interoperability case against a server and prints one JSON object: "ok", or what was wrong.
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "compression.h"
#include "grpc_testing.grpc.pb.h"

namespace {

using namespace grpc::testing;
using grpc::ClientContext;
using grpc::Status;
using grpc::StatusCode;
using grpc::WriteOptions;

constexpr int kLargeRequest = 271828;
constexpr int kLargeResponse = 314159;
constexpr int kRequests[] = {27182, 8, 1828, 45904};
constexpr int kResponses[] = {31415, 9, 2653, 58979};

std::shared_ptr<grpc::Channel> channel;
std::unique_ptr<TestService::Stub> stub;

void Require(bool holds, const std::string& what) {
  if (!holds) {
    throw std::runtime_error(what);
  }
}

void RequireCode(const Status& status, StatusCode code) {
  Require(status.error_code() == code, "code " + std::to_string(status.error_code()) + " " + status.error_message());
}

struct Call : ClientContext {
  Call() { set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20)); }
};

void Fill(Payload* payload, int length) { payload->set_body(std::string(length, '\0')); }

void RequireZeros(const Payload& payload, int length) {
  Require(payload.body() == std::string(length, '\0'), "wrong payload");
}

SimpleRequest Large() {
  SimpleRequest request;
  request.set_response_size(kLargeResponse);
  Fill(request.mutable_payload(), kLargeRequest);
  return request;
}

StreamingOutputCallRequest Ping(int request_length, int response_length) {
  StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(response_length);
  Fill(request.mutable_payload(), request_length);
  return request;
}

void EmptyUnary() {
  Call call;
  Empty response;
  RequireCode(stub->EmptyCall(&call, Empty(), &response), StatusCode::OK);
}

void LargeUnary() {
  Call call;
  SimpleResponse response;
  RequireCode(stub->UnaryCall(&call, Large(), &response), StatusCode::OK);
  RequireZeros(response.payload(), kLargeResponse);
}

void CacheableUnary() {
  for (int i = 0; i < 2; i++) {
    Call call;
    call.AddMetadata("x-user-ip", "1.2.3.4");
    SimpleResponse response;
    RequireCode(stub->CacheableUnaryCall(&call, SimpleRequest(), &response), StatusCode::OK);
    const std::string& time = response.payload().body();
    Require(!time.empty() && time.find_first_not_of("0123456789") == std::string::npos, "no time");
    auto control = call.GetServerInitialMetadata().find("cache-control");
    Require(control != call.GetServerInitialMetadata().end() && control->second == "max-age=60, public",
            "no cache-control");
  }
}

void RpcSoak() {
  for (int i = 0; i < 100; i++) {
    LargeUnary();
  }
}

void ChannelSoak(const char* address) {
  for (int i = 0; i < 25; i++) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    auto fresh = TestService::NewStub(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    Call call;
    SimpleResponse response;
    RequireCode(fresh->UnaryCall(&call, Large(), &response), StatusCode::OK);
    RequireZeros(response.payload(), kLargeResponse);
  }
}

void Unary(bool expected, bool sent, StatusCode code) {
  Call call;
  call.set_compression_algorithm(sent ? GRPC_COMPRESS_GZIP : GRPC_COMPRESS_NONE);
  SimpleRequest request = Large();
  request.mutable_expect_compressed()->set_value(expected);
  SimpleResponse response;
  RequireCode(stub->UnaryCall(&call, request, &response), code);
}

void ClientCompressedUnary() {
  Unary(true, false, StatusCode::INVALID_ARGUMENT);
  Unary(true, true, StatusCode::OK);
  Unary(false, false, StatusCode::OK);
}

void ServerCompressedUnary() {
  for (bool wish : {true, false}) {
    Call call;
    SimpleRequest request = Large();
    request.mutable_response_compressed()->set_value(wish);
    SimpleResponse response;
    RequireCode(stub->UnaryCall(&call, request, &response), StatusCode::OK);
    RequireZeros(response.payload(), kLargeResponse);
    Require(InteropClientContextInspector::WasCompressed(call) == wish, "wrong compression");
  }
}

void ClientStreaming() {
  Call call;
  StreamingInputCallResponse response;
  auto writer = stub->StreamingInputCall(&call, &response);
  for (int length : kRequests) {
    StreamingInputCallRequest request;
    Fill(request.mutable_payload(), length);
    Require(writer->Write(request), "write failed");
  }
  writer->WritesDone();
  RequireCode(writer->Finish(), StatusCode::OK);
  Require(response.aggregated_payload_size() == 74922, "wrong sum");
}

void ClientCompressedStreaming() {
  StreamingInputCallRequest request;
  request.mutable_expect_compressed()->set_value(true);
  Fill(request.mutable_payload(), 27182);
  {
    Call probe;
    StreamingInputCallResponse response;
    auto writer = stub->StreamingInputCall(&probe, &response);
    writer->Write(request);
    writer->WritesDone();
    RequireCode(writer->Finish(), StatusCode::INVALID_ARGUMENT);
  }
  Call call;
  call.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  StreamingInputCallResponse response;
  auto writer = stub->StreamingInputCall(&call, &response);
  writer->Write(request);
  request.mutable_expect_compressed()->set_value(false);
  Fill(request.mutable_payload(), 45904);
  writer->Write(request, WriteOptions().set_no_compression());
  writer->WritesDone();
  RequireCode(writer->Finish(), StatusCode::OK);
  Require(response.aggregated_payload_size() == 73086, "wrong sum");
}

void ServerStreaming() {
  Call call;
  StreamingOutputCallRequest request;
  for (int length : kResponses) {
    request.add_response_parameters()->set_size(length);
  }
  auto reader = stub->StreamingOutputCall(&call, request);
  StreamingOutputCallResponse response;
  for (int length : kResponses) {
    Require(reader->Read(&response), "a response is missing");
    RequireZeros(response.payload(), length);
  }
  Require(!reader->Read(&response), "one response too many");
  RequireCode(reader->Finish(), StatusCode::OK);
}

void ServerCompressedStreaming() {
  Call call;
  StreamingOutputCallRequest request;
  const std::pair<int, bool> wishes[] = {{31415, true}, {92653, false}};
  for (const auto& [length, compressed] : wishes) {
    auto* parameters = request.add_response_parameters();
    parameters->set_size(length);
    parameters->mutable_compressed()->set_value(compressed);
  }
  auto reader = stub->StreamingOutputCall(&call, request);
  StreamingOutputCallResponse response;
  for (const auto& [length, compressed] : wishes) {
    Require(reader->Read(&response), "a response is missing");
    RequireZeros(response.payload(), length);
    Require(InteropClientContextInspector::WasCompressed(call) == compressed, "wrong compression");
  }
  RequireCode(reader->Finish(), StatusCode::OK);
}

void PingPong() {
  Call call;
  auto stream = stub->FullDuplexCall(&call);
  StreamingOutputCallResponse response;
  for (int i = 0; i < 4; i++) {
    Require(stream->Write(Ping(kRequests[i], kResponses[i])), "write failed");
    Require(stream->Read(&response), "a response is missing");
    RequireZeros(response.payload(), kResponses[i]);
  }
  stream->WritesDone();
  Require(!stream->Read(&response), "one response too many");
  RequireCode(stream->Finish(), StatusCode::OK);
}

void EmptyStream() {
  Call call;
  auto stream = stub->FullDuplexCall(&call);
  stream->WritesDone();
  StreamingOutputCallResponse response;
  Require(!stream->Read(&response), "one response too many");
  RequireCode(stream->Finish(), StatusCode::OK);
}

void RequireMetadata(const ClientContext& call) {
  auto initial = call.GetServerInitialMetadata().find("x-grpc-test-echo-initial");
  Require(initial != call.GetServerInitialMetadata().end() && initial->second == "test_initial_metadata_value",
          "wrong initial metadata");
  auto trailing = call.GetServerTrailingMetadata().find("x-grpc-test-echo-trailing-bin");
  Require(trailing != call.GetServerTrailingMetadata().end() && trailing->second == "\xab\xab\xab",
          "wrong trailing metadata");
}

struct CallWithMetadata : Call {
  CallWithMetadata() {
    AddMetadata("x-grpc-test-echo-initial", "test_initial_metadata_value");
    AddMetadata("x-grpc-test-echo-trailing-bin", "\xab\xab\xab");
  }
};

void CustomMetadata() {
  CallWithMetadata unary;
  SimpleResponse response;
  RequireCode(stub->UnaryCall(&unary, Large(), &response), StatusCode::OK);
  RequireMetadata(unary);

  CallWithMetadata duplex;
  auto stream = stub->FullDuplexCall(&duplex);
  stream->Write(Ping(kLargeRequest, kLargeResponse));
  stream->WritesDone();
  StreamingOutputCallResponse streamed;
  Require(stream->Read(&streamed), "a response is missing");
  Require(!stream->Read(&streamed), "one response too many");
  RequireCode(stream->Finish(), StatusCode::OK);
  RequireMetadata(duplex);
}

void RequireStatus(const std::string& message) {
  Call unary;
  SimpleRequest request;
  request.mutable_response_status()->set_code(2);
  request.mutable_response_status()->set_message(message);
  SimpleResponse response;
  Status status = stub->UnaryCall(&unary, request, &response);
  RequireCode(status, StatusCode::UNKNOWN);
  Require(status.error_message() == message, "wrong text: " + status.error_message());

  Call duplex;
  auto stream = stub->FullDuplexCall(&duplex);
  StreamingOutputCallRequest streamed;
  *streamed.mutable_response_status() = request.response_status();
  stream->Write(streamed);
  stream->WritesDone();
  status = stream->Finish();
  RequireCode(status, StatusCode::UNKNOWN);
  Require(status.error_message() == message, "wrong text: " + status.error_message());
}

void UnimplementedMethod() {
  Call call;
  Empty response;
  RequireCode(stub->UnimplementedCall(&call, Empty(), &response), StatusCode::UNIMPLEMENTED);
}

void UnimplementedServiceCase() {
  Call call;
  Empty response;
  RequireCode(UnimplementedService::NewStub(channel)->UnimplementedCall(&call, Empty(), &response),
              StatusCode::UNIMPLEMENTED);
}

void CancelAfterBegin() {
  Call call;
  StreamingInputCallResponse response;
  auto writer = stub->StreamingInputCall(&call, &response);
  call.TryCancel();
  RequireCode(writer->Finish(), StatusCode::CANCELLED);
}

void CancelAfterFirstResponse() {
  Call call;
  auto stream = stub->FullDuplexCall(&call);
  stream->Write(Ping(kRequests[0], kResponses[0]));
  StreamingOutputCallResponse response;
  Require(stream->Read(&response), "a response is missing");
  call.TryCancel();
  RequireCode(stream->Finish(), StatusCode::CANCELLED);
}

void TimeoutOnSleepingServer() {
  ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(1));
  auto stream = stub->FullDuplexCall(&call);
  StreamingOutputCallRequest request;
  Fill(request.mutable_payload(), 27182);
  stream->Write(request);
  RequireCode(stream->Finish(), StatusCode::DEADLINE_EXCEEDED);
}

}  // namespace

int RunClient(const char* address) {
  channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  stub = TestService::NewStub(channel);
  const std::vector<std::pair<const char*, std::function<void()>>> cases = {
      {"empty_unary", EmptyUnary},
      {"large_unary", LargeUnary},
      {"cacheable_unary", CacheableUnary},
      {"rpc_soak", RpcSoak},
      {"channel_soak", [address] { ChannelSoak(address); }},
      {"client_compressed_unary", ClientCompressedUnary},
      {"server_compressed_unary", ServerCompressedUnary},
      {"client_streaming", ClientStreaming},
      {"client_compressed_streaming", ClientCompressedStreaming},
      {"server_streaming", ServerStreaming},
      {"server_compressed_streaming", ServerCompressedStreaming},
      {"ping_pong", PingPong},
      {"empty_stream", EmptyStream},
      {"custom_metadata", CustomMetadata},
      {"status_code_and_message", [] { RequireStatus("test status message"); }},
      {"special_status_message",
       [] { RequireStatus("\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"); }},
      {"unimplemented_method", UnimplementedMethod},
      {"unimplemented_service", UnimplementedServiceCase},
      {"cancel_after_begin", CancelAfterBegin},
      {"cancel_after_first_response", CancelAfterFirstResponse},
      {"timeout_on_sleeping_server", TimeoutOnSleepingServer},
  };
  std::string results;
  for (const auto& [name, run] : cases) {
    std::string result = "ok";
    try {
      run();
    } catch (const std::exception& failure) {
      result = failure.what();
    }
    for (char& c : result) {
      c = c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ' ? '?' : c;
    }
    results += (results.empty() ? "\"" : ", \"") + std::string(name) + "\": \"" + result + "\"";
  }
  std::printf("{%s}\n", results.c_str());
  return 0;
}
