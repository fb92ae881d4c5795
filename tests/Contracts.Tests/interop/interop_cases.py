"""What the Python client and server of the interoperability tests share: the messages, from their descriptor."""

import base64

from google.protobuf import descriptor_pool, message_factory

SERVICE = "grpc.testing.TestService"


class Messages:
    """The message classes of a serialized file descriptor, given in base64, as attributes."""

    def __init__(self, descriptor: str):
        self._pool = descriptor_pool.DescriptorPool()
        self._pool.AddSerializedFile(base64.b64decode(descriptor))
        self._factory = message_factory.MessageFactory(self._pool)

    def __getattr__(self, name: str):
        return self._factory.GetPrototype(self._pool.FindMessageTypeByName(f"grpc.testing.{name}"))


def zeros(messages: Messages, length: int):
    return messages.Payload(body=bytes(length))
