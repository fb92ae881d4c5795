"""Runs every interoperability case with grpcio against argv[1] and prints one JSON object: "ok", or what was wrong."""

import json
import sys
import threading

import grpc

from interop_cases import SERVICE, Messages, zeros

messages = Messages(sys.argv[2])
channel = grpc.insecure_channel(sys.argv[1])
PATIENCE = 20
REQUESTS = (27182, 8, 1828, 45904)
RESPONSES = (31415, 9, 2653, 58979)
METADATA = (
    ("x-grpc-test-echo-initial", "test_initial_metadata_value"),
    ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"),
)


def method(kind, name, response, service=SERVICE, on=channel):
    return getattr(on, kind)(
        f"/{service}/{name}", lambda message: message.SerializeToString(), response.FromString
    )


empty_call = method("unary_unary", "EmptyCall", messages.Empty)
unary_call = method("unary_unary", "UnaryCall", messages.SimpleResponse)
cacheable_call = method("unary_unary", "CacheableUnaryCall", messages.SimpleResponse)
output_call = method("unary_stream", "StreamingOutputCall", messages.StreamingOutputCallResponse)
input_call = method("stream_unary", "StreamingInputCall", messages.StreamingInputCallResponse)
duplex_call = method("stream_stream", "FullDuplexCall", messages.StreamingOutputCallResponse)


def require(holds, what):
    if not holds:
        raise AssertionError(what)


def large(**fields):
    return messages.SimpleRequest(response_size=314159, payload=zeros(messages, 271828), **fields)


def flag(value):
    return messages.BoolValue(value=value)


def ping(request_length, response_length):
    return messages.StreamingOutputCallRequest(
        response_parameters=[messages.ResponseParameters(size=response_length)],
        payload=zeros(messages, request_length),
    )


def require_failure(code, call, *arguments, details=None, **options):
    try:
        result = call(*arguments, timeout=PATIENCE, **options)
        if hasattr(result, "__next__"):
            list(result)
    except grpc.RpcError as error:
        require(error.code() == code, f"{error.code()}: {error.details()}")
        require(details is None or error.details() == details, f"details {error.details()!r}")
        return
    raise AssertionError("the call did not fail")


def empty_unary():
    require(empty_call(messages.Empty(), timeout=PATIENCE) == messages.Empty(), "not empty")


def large_unary():
    require(unary_call(large(), timeout=PATIENCE).payload == zeros(messages, 314159), "wrong payload")


def cacheable_unary():
    for _ in range(2):
        response, call = cacheable_call.with_call(
            messages.SimpleRequest(), timeout=PATIENCE, metadata=(("x-user-ip", "1.2.3.4"),)
        )
        require(response.payload.body.isdigit(), "no time")
        require(("cache-control", "max-age=60, public") in tuple(call.initial_metadata()), "no cache-control")


def rpc_soak():
    for _ in range(100):
        large_unary()


def channel_soak():
    for _ in range(25):
        with grpc.insecure_channel(sys.argv[1], (("grpc.use_local_subchannel_pool", 1),)) as fresh:
            call = method("unary_unary", "UnaryCall", messages.SimpleResponse, on=fresh)
            require(call(large(), timeout=PATIENCE).payload == zeros(messages, 314159), "wrong payload")


def client_compressed_unary():
    require_failure(grpc.StatusCode.INVALID_ARGUMENT, unary_call, large(expect_compressed=flag(True)))
    unary_call(large(expect_compressed=flag(True)), timeout=PATIENCE, compression=grpc.Compression.Gzip)
    unary_call(large(expect_compressed=flag(False)), timeout=PATIENCE)


def server_compressed_unary():
    for wish in (True, False):
        response = unary_call(large(response_compressed=flag(wish)), timeout=PATIENCE)
        require(response.payload == zeros(messages, 314159), "wrong payload")


def input_request(length, **fields):
    return messages.StreamingInputCallRequest(payload=zeros(messages, length), **fields)


def client_streaming():
    response = input_call(iter([input_request(length) for length in REQUESTS]), timeout=PATIENCE)
    require(response.aggregated_payload_size == 74922, "wrong sum")


def client_compressed_streaming():
    first = input_request(27182, expect_compressed=flag(True))
    require_failure(grpc.StatusCode.INVALID_ARGUMENT, input_call, iter([first]))
    second = input_request(45904, expect_compressed=flag(True))
    response = input_call(iter([first, second]), timeout=PATIENCE, compression=grpc.Compression.Gzip)
    require(response.aggregated_payload_size == 73086, "wrong sum")


def require_stream(parameters, lengths):
    request = messages.StreamingOutputCallRequest(response_parameters=parameters)
    responses = [len(response.payload.body) for response in output_call(request, timeout=PATIENCE)]
    require(responses == list(lengths), f"lengths {responses}")


def server_streaming():
    require_stream([messages.ResponseParameters(size=length) for length in RESPONSES], RESPONSES)


def server_compressed_streaming():
    wishes = ((31415, True), (92653, False))
    require_stream(
        [messages.ResponseParameters(size=length, compressed=flag(wish)) for length, wish in wishes], (31415, 92653)
    )


def ping_pong():
    answered = threading.Semaphore(1)

    def requests():
        for request_length, response_length in zip(REQUESTS, RESPONSES):
            answered.acquire()
            yield ping(request_length, response_length)

    lengths = []
    for response in duplex_call(requests(), timeout=PATIENCE):
        lengths.append(len(response.payload.body))
        answered.release()
    require(lengths == list(RESPONSES), f"lengths {lengths}")


def empty_stream():
    require(list(duplex_call(iter([]), timeout=PATIENCE)) == [], "a response came")


def require_metadata(call):
    require(METADATA[0] in tuple(call.initial_metadata()), "wrong initial metadata")
    require(METADATA[1] in tuple(call.trailing_metadata()), "wrong trailing metadata")


def custom_metadata():
    _, call = unary_call.with_call(large(), timeout=PATIENCE, metadata=METADATA)
    require_metadata(call)
    call = duplex_call(iter([ping(271828, 314159)]), timeout=PATIENCE, metadata=METADATA)
    require(len(list(call)) == 1, "not one response")
    require_metadata(call)


def require_status(message):
    status = messages.EchoStatus(code=2, message=message)
    unknown = grpc.StatusCode.UNKNOWN
    require_failure(unknown, unary_call, messages.SimpleRequest(response_status=status), details=message)
    request = messages.StreamingOutputCallRequest(response_status=status)
    require_failure(unknown, duplex_call, iter([request]), details=message)


def status_code_and_message():
    require_status("test status message")


def special_status_message():
    require_status("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")


def unimplemented_method():
    nope = method("unary_unary", "UnimplementedCall", messages.Empty)
    require_failure(grpc.StatusCode.UNIMPLEMENTED, nope, messages.Empty())


def unimplemented_service():
    nope = method("unary_unary", "UnimplementedCall", messages.Empty, "grpc.testing.UnimplementedService")
    require_failure(grpc.StatusCode.UNIMPLEMENTED, nope, messages.Empty())


def cancel_after_begin():
    ended = threading.Event()
    call = input_call.future(iter(lambda: ended.wait(PATIENCE), True), timeout=PATIENCE)
    call.cancel()
    require(call.code() == grpc.StatusCode.CANCELLED, str(call.code()))
    ended.set()


def cancel_after_first_response():
    ended = threading.Event()

    def requests():
        yield ping(27182, 31415)
        ended.wait(PATIENCE)

    call = duplex_call(requests(), timeout=PATIENCE)
    next(call)
    call.cancel()
    require(call.code() == grpc.StatusCode.CANCELLED, str(call.code()))
    ended.set()


def timeout_on_sleeping_server():
    ended = threading.Event()

    def requests():
        yield messages.StreamingOutputCallRequest(payload=zeros(messages, 27182))
        ended.wait(PATIENCE)

    call = duplex_call(requests(), timeout=0.001)
    require(call.code() == grpc.StatusCode.DEADLINE_EXCEEDED, str(call.code()))
    ended.set()


def outcome(case):
    try:
        case()
        return "ok"
    except Exception as failure:  # whatever a case fails with is its result
        return f"{type(failure).__name__}: {failure}"


CASES = (
    empty_unary,
    large_unary,
    cacheable_unary,
    rpc_soak,
    channel_soak,
    client_compressed_unary,
    server_compressed_unary,
    client_streaming,
    client_compressed_streaming,
    server_streaming,
    server_compressed_streaming,
    ping_pong,
    empty_stream,
    custom_metadata,
    status_code_and_message,
    special_status_message,
    unimplemented_method,
    unimplemented_service,
    cancel_after_begin,
    cancel_after_first_response,
    timeout_on_sleeping_server,
)
print(json.dumps({case.__name__: outcome(case) for case in CASES}))
channel.close()
