"""Serves the echo service with grpcio on a free port, prints the port, and ends when its input does."""

import sys
import threading
from concurrent import futures

import grpc

from echo import SERVICE, load_messages, load_status

messages = load_messages(sys.argv[1])
ended = threading.Event()
Status = load_status()
STATUS = {code.value[0]: code for code in grpc.StatusCode}


def obey(request, context):
    if request.hang:
        context.add_callback(ended.set)
        ended.wait()
    if request.fail_with:
        trailers = [("x-why", "asked for")]
        if request.fail_with_details:
            status = Status(code=request.fail_with, message=request.text)
            status.details.add().Pack(messages.SayRequest(text=request.text))
            trailers.append(("grpc-status-details-bin", status.SerializeToString()))
        context.set_trailing_metadata(trailers)
        context.abort(STATUS[request.fail_with], request.text)


def echo_metadata(context):
    echoed = [entry for entry in context.invocation_metadata() if entry.key.startswith("x-echo")]
    context.send_initial_metadata([e for e in echoed if not e.key.startswith("x-echo-trailer")])
    context.set_trailing_metadata([e for e in echoed if e.key.startswith("x-echo-trailer")])


def answer(request):
    return messages.SayResponse(text=request.text, payload=bytes(request.response_length))


def say(request, context):
    obey(request, context)
    echo_metadata(context)
    return answer(request)


def collect(requests, context):
    return messages.SayResponse(text=" ".join(request.text for request in requests))


def repeat(request, context):
    for _ in range(request.times):
        yield answer(request)
    obey(request, context)


def chat(requests, context):
    for request in requests:
        yield answer(request)


def handler(make, behaviour):
    return make(behaviour, messages.SayRequest.FromString, messages.SayResponse.SerializeToString)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
server.add_generic_rpc_handlers(
    [
        grpc.method_handlers_generic_handler(
            SERVICE,
            {
                "Say": handler(grpc.unary_unary_rpc_method_handler, say),
                "Collect": handler(grpc.stream_unary_rpc_method_handler, collect),
                "Repeat": handler(grpc.unary_stream_rpc_method_handler, repeat),
                "Chat": handler(grpc.stream_stream_rpc_method_handler, chat),
            },
        )
    ]
)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
ended.set()
server.stop(None)
