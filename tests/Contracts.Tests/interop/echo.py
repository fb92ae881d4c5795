"""What the Python client and server share: the messages of echo.proto, from its descriptor."""

import base64
import types

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory

SERVICE = "spaces.tests.v1.EchoService"


def load_messages(descriptor: str):
    """The message classes of a serialized file descriptor, given in base64."""
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(base64.b64decode(descriptor))
    factory = message_factory.MessageFactory(pool)
    return types.SimpleNamespace(
        SayRequest=factory.GetPrototype(pool.FindMessageTypeByName("spaces.tests.v1.SayRequest")),
        SayResponse=factory.GetPrototype(pool.FindMessageTypeByName("spaces.tests.v1.SayResponse")),
    )


def load_status():
    """The message class of google.rpc.Status, which the distribution does not package."""
    file = descriptor_pb2.FileDescriptorProto(
        name="google/rpc/status.proto",
        package="google.rpc",
        syntax="proto3",
        dependency=[any_pb2.DESCRIPTOR.name],
    )
    kinds = descriptor_pb2.FieldDescriptorProto
    status = file.message_type.add(name="Status")
    status.field.add(name="code", number=1, type=kinds.TYPE_INT32, label=kinds.LABEL_OPTIONAL)
    status.field.add(name="message", number=2, type=kinds.TYPE_STRING, label=kinds.LABEL_OPTIONAL)
    status.field.add(
        name="details",
        number=3,
        type=kinds.TYPE_MESSAGE,
        type_name=".google.protobuf.Any",
        label=kinds.LABEL_REPEATED,
    )
    pool = descriptor_pool.Default()
    pool.Add(file)
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("google.rpc.Status"))
