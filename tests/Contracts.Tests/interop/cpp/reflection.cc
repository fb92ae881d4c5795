// What grpc_cli does, with the same library and the public reflection protos: it learns a server's services by
// reflection alone, lists them, and calls a method whose messages it was not compiled with. Prints one JSON object.
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"

namespace {

using namespace google::protobuf;

void Require(bool holds, const std::string& otherwise) {
  if (!holds) {
    throw std::runtime_error(otherwise);
  }
}

struct Context : grpc::ClientContext {
  Context() { set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20)); }
};

/// Files that a server describes, asked for when somebody needs them.
template <typename Reflection, typename Request, typename Response>
class ServerDatabase final : public DescriptorDatabase {
 public:
  explicit ServerDatabase(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(Reflection::NewStub(channel)), stream_(stub_->ServerReflectionInfo(&context_)) {}

  std::vector<std::string> Services() {
    Request request;
    request.set_list_services("");
    std::vector<std::string> names;
    const Response response = Ask(request);
    for (const auto& service : response.list_services_response().service()) {
      names.push_back(service.name());
    }
    return names;
  }

  bool FindFileByName(const std::string& name, FileDescriptorProto* output) override {
    Request request;
    request.set_file_by_filename(name);
    return Learn(request) && known_.FindFileByName(name, output);
  }

  bool FindFileContainingSymbol(const std::string& name, FileDescriptorProto* output) override {
    Request request;
    request.set_file_containing_symbol(name);
    return Learn(request) && known_.FindFileContainingSymbol(name, output);
  }

  bool FindFileContainingExtension(const std::string&, int, FileDescriptorProto*) override { return false; }

  /// Ends the conversation.
  void Close() {
    stream_->WritesDone();
    Response rest;
    Require(!stream_->Read(&rest), "one answer too many");
    grpc::Status status = stream_->Finish();
    Require(status.ok(), "reflection ended with " + status.error_message());
  }

 private:
  Response Ask(const Request& request) {
    Response response;
    Require(stream_->Write(request) && stream_->Read(&response), "reflection gave no answer");
    return response;
  }

  bool Learn(const Request& request) {
    Response response = Ask(request);
    for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
      FileDescriptorProto file;
      FileDescriptorProto same;
      Require(file.ParseFromString(bytes), "a file descriptor cannot be read");
      if (!known_.FindFileByName(file.name(), &same)) {
        known_.Add(file);
      }
    }
    return response.has_file_descriptor_response();
  }

  Context context_;
  std::unique_ptr<typename Reflection::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<Request, Response>> stream_;
  SimpleDescriptorDatabase known_;
};

std::string BytesOf(grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  Require(buffer.Dump(&slices).ok(), "the response has no bytes");
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

/// Calls a unary method with a request in protobuf's text format; the response comes back in it.
std::string Call(const std::shared_ptr<grpc::Channel>& channel, const MethodDescriptor* method, const char* text) {
  DynamicMessageFactory messages;
  std::unique_ptr<Message> request(messages.GetPrototype(method->input_type())->New());
  std::unique_ptr<Message> response(messages.GetPrototype(method->output_type())->New());
  Require(TextFormat::ParseFromString(text, request.get()), "the request does not fit the described message");

  Context context;
  grpc::CompletionQueue queue;
  grpc::Slice bytes(request->SerializeAsString());
  grpc::GenericStub stub(channel);
  auto call = stub.PrepareUnaryCall(&context, "/" + method->service()->full_name() + "/" + method->name(),
                                    grpc::ByteBuffer(&bytes, 1), &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, nullptr);
  void* tag;
  bool ok;
  Require(queue.Next(&tag, &ok) && ok, "the call did not end");
  Require(status.ok(), status.error_message());
  Require(response->ParseFromString(BytesOf(answer)), "the response does not fit the described message");
  TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string printed;
  printer.PrintToString(*response, &printed);
  return printed;
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  }
  return quoted + "\"";
}

template <typename Reflection, typename Request, typename Response>
void Explore(const char* address, const char* method, const char* request) {
  auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  ServerDatabase<Reflection, Request, Response> database(channel);
  DescriptorPool pool(&database);
  std::string listed;
  for (const std::string& name : database.Services()) {
    const ServiceDescriptor* service = pool.FindServiceByName(name);
    Require(service != nullptr, "nothing describes " + name);
    for (int i = 0; i < service->method_count(); i++) {
      const MethodDescriptor* one = service->method(i);
      listed += (listed.empty() ? "" : ", ") +
                Quoted(one->full_name() + "(" + (one->client_streaming() ? "stream " : "") +
                       one->input_type()->full_name() + ") " + (one->server_streaming() ? "stream " : "") +
                       one->output_type()->full_name());
    }
  }
  const MethodDescriptor* called = pool.FindMethodByName(method);
  Require(called != nullptr, std::string("nothing describes ") + method);
  std::string answer = Call(channel, called, request);
  Require(pool.FindServiceByName("no.such.Service") == nullptr, "a service that is not there is described");
  database.Close();
  std::printf("{\"methods\": [%s], \"answer\": %s}\n", listed.c_str(), Quoted(answer).c_str());
}

}  // namespace

int RunReflection(const std::string& version, const char* address, const char* method, const char* request) {
  try {
    if (version == "v1") {
      using namespace grpc::reflection::v1;
      Explore<ServerReflection, ServerReflectionRequest, ServerReflectionResponse>(address, method, request);
    } else {
      using namespace grpc::reflection::v1alpha;
      Explore<ServerReflection, ServerReflectionRequest, ServerReflectionResponse>(address, method, request);
    }
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
