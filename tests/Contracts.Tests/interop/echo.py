"""What the Python client and server share: the messages of echo.proto, from its descriptor."""

import base64
import types

from google.protobuf import descriptor_pool, message_factory

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
