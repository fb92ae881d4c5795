// Whether the message read last came compressed: the library's own tests may ask, through these two friends.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>

uint32_t grpc_call_test_only_get_message_flags(grpc_call* call);

namespace grpc::testing {

inline bool IsCompressed(grpc_call* call) {
  constexpr uint32_t kWasCompressed = 0x40000000u;
  return (grpc_call_test_only_get_message_flags(call) & kWasCompressed) != 0;
}

class InteropClientContextInspector {
 public:
  static bool WasCompressed(const ClientContext& context) { return IsCompressed(context.call_); }
};

class InteropServerContextInspector {
 public:
  static bool WasCompressed(const ServerContext& context) { return IsCompressed(context.call_.call); }
};

}  // namespace grpc::testing
