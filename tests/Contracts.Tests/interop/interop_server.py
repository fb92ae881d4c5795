"""The interoperability server with grpcio on a free port, which it prints; it ends when its input does."""

import sys
import time
from concurrent import futures

import grpc

from interop_cases import SERVICE, Messages, zeros

messages = Messages(sys.argv[1])
STATUS = {code.value[0]: code for code in grpc.StatusCode}


def echo_metadata(context):
    for key, value in context.invocation_metadata():
        if key == "x-grpc-test-echo-initial":
            context.send_initial_metadata(((key, value),))
        if key == "x-grpc-test-echo-trailing-bin":
            context.set_trailing_metadata(((key, value),))


def fail_if_wished(status, context):
    if status.code:
        context.abort(STATUS[status.code], status.message)


def empty_call(request, context):
    return messages.Empty()


def unary_call(request, context):
    if request.response_compressed.value:
        context.set_compression(grpc.Compression.Gzip)
    echo_metadata(context)
    fail_if_wished(request.response_status, context)
    return messages.SimpleResponse(payload=zeros(messages, request.response_size))


def cacheable_unary_call(request, context):
    context.send_initial_metadata((("cache-control", "max-age=60, public"),))
    return messages.SimpleResponse(payload=messages.Payload(body=str(time.time_ns()).encode()))


def answer(request, context):
    fail_if_wished(request.response_status, context)
    for wish in request.response_parameters:
        time.sleep(wish.interval_us / 1e6)
        if not wish.compressed.value:
            context.disable_next_message_compression()
        yield messages.StreamingOutputCallResponse(payload=zeros(messages, wish.size))


def streaming_output_call(request, context):
    context.set_compression(grpc.Compression.Gzip)
    yield from answer(request, context)


def streaming_input_call(requests, context):
    total = sum(len(request.payload.body) for request in requests)
    return messages.StreamingInputCallResponse(aggregated_payload_size=total)


def full_duplex_call(requests, context):
    echo_metadata(context)
    for request in requests:
        yield from answer(request, context)


def handler(make, behaviour, request):
    serializer = lambda message: message.SerializeToString()
    return make(behaviour, request.FromString, serializer)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
server.add_generic_rpc_handlers(
    [
        grpc.method_handlers_generic_handler(
            SERVICE,
            {
                "EmptyCall": handler(grpc.unary_unary_rpc_method_handler, empty_call, messages.Empty),
                "UnaryCall": handler(grpc.unary_unary_rpc_method_handler, unary_call, messages.SimpleRequest),
                "CacheableUnaryCall": handler(
                    grpc.unary_unary_rpc_method_handler, cacheable_unary_call, messages.SimpleRequest
                ),
                "StreamingOutputCall": handler(
                    grpc.unary_stream_rpc_method_handler, streaming_output_call, messages.StreamingOutputCallRequest
                ),
                "StreamingInputCall": handler(
                    grpc.stream_unary_rpc_method_handler, streaming_input_call, messages.StreamingInputCallRequest
                ),
                "FullDuplexCall": handler(
                    grpc.stream_stream_rpc_method_handler, full_duplex_call, messages.StreamingOutputCallRequest
                ),
            },
        )
    ]
)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(None)
