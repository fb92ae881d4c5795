"""Calls the echo service at argv[1] with grpcio and prints one JSON object: what each call came to."""

import json
import sys
import threading

import grpc

from echo import SERVICE, load_messages

messages = load_messages(sys.argv[2])
channel = grpc.insecure_channel(sys.argv[1])
PATIENCE = 20


def multi_callable(kind, name):
    return getattr(channel, kind)(
        f"/{SERVICE}/{name}",
        request_serializer=messages.SayRequest.SerializeToString,
        response_deserializer=messages.SayResponse.FromString,
    )


say = multi_callable("unary_unary", "Say")
collect = multi_callable("stream_unary", "Collect")
repeat = multi_callable("unary_stream", "Repeat")
chat = multi_callable("stream_stream", "Chat")
nope = multi_callable("unary_unary", "Nope")


def failure(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except grpc.RpcError as error:
        return {"code": error.code().value[0], "details": error.details()}
    return {"code": 0, "details": ""}


def requests(texts):
    return iter([messages.SayRequest(text=text) for text in texts])


def cancelled():
    ended = threading.Event()

    def endless():
        yield messages.SayRequest(text="a")
        ended.wait()

    call = chat(endless(), timeout=PATIENCE)
    next(call)
    call.cancel()
    ended.set()
    return call.code().value[0]


metadata = (("x-echo-text", "some text"), ("x-echo-trailer-bytes-bin", bytes([0, 1, 0xAB, 0xFF])))
response, call = say.with_call(messages.SayRequest(text="hello"), metadata=metadata, timeout=PATIENCE)
repeated = repeat(messages.SayRequest(text="again", times=3), timeout=PATIENCE)
compressed = say(messages.SayRequest(text="zip me"), compression=grpc.Compression.Gzip, timeout=PATIENCE)

print(
    json.dumps(
        {
            "unary": response.text,
            "header": dict(call.initial_metadata())["x-echo-text"],
            "trailer": dict(call.trailing_metadata())["x-echo-trailer-bytes-bin"].hex(),
            "collect": collect(requests(["one", "two", "three"]), timeout=PATIENCE).text,
            "repeat": {"texts": [message.text for message in repeated], "code": repeated.code().value[0]},
            "chat": {"texts": [m.text for m in chat(requests("abc"), timeout=PATIENCE)], "code": 0},
            "error": failure(say, messages.SayRequest(fail_with=5, text="no such thing: ü"), timeout=PATIENCE),
            "bug": failure(say, messages.SayRequest(fail_with=99), timeout=PATIENCE)["code"],
            "deadline": failure(say, messages.SayRequest(hang=True), timeout=1)["code"],
            "cancel": cancelled(),
            "tooLong": failure(say, messages.SayRequest(text="x" * 5 * 1024 * 1024), timeout=PATIENCE)["code"],
            "gzip": compressed.text,
            "unknownMethod": failure(nope, messages.SayRequest(), timeout=PATIENCE)["code"],
        }
    )
)
channel.close()
