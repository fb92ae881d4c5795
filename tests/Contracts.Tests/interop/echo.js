// What the clients of Connect and gRPC-Web share: the schema, from the descriptor, and the calls to make with it.
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { ConnectError, createClient } from '@connectrpc/connect';

/** Of a serialized file descriptor, given in base64. */
export const loadRegistry = (descriptor) => {
  const bytes = Uint8Array.from(atob(descriptor), (char) => char.charCodeAt(0));
  const file = fromBinary(FileDescriptorProtoSchema, bytes);
  for (const field of file.messageType.flatMap((type) => type.field)) {
    field.jsonName = field.name.replace(/_(.)/g, (_, char) => char.toUpperCase()); // the descriptor leaves it out
  }
  return createFileRegistry(file, () => undefined);
};

const failure = async (registry, call) => {
  try {
    await call();
    return { code: 0 };
  } catch (error) {
    const { code, rawMessage, metadata } = ConnectError.from(error);
    const details = error.findDetails?.(registry.getMessage('spaces.tests.v1.SayRequest')) ?? [];
    return { code, message: rawMessage, why: metadata.get('x-why'), details: details.map((detail) => detail.text) };
  }
};

/** Calls the echo service in every way and says what each call came to. */
export const exercise = async (transport, registry) => {
  const client = createClient(registry.getService('spaces.tests.v1.EchoService'), transport);
  const seen = {};
  const collect = async (request, options) => {
    const texts = [];
    for await (const { text } of client.repeat(request, options)) {
      texts.push(text);
    }
    return texts;
  };
  const cancel = async () => {
    const abort = new AbortController();
    for await (const _ of client.repeat({ text: 'a', times: 1, hang: true }, { signal: abort.signal })) {
      abort.abort();
    }
  };
  const streamed = [];
  return {
    unary: (
      await client.say(
        { text: 'hello' },
        {
          headers: { 'x-echo-text': 'some text', 'x-echo-trailer-text': 'last' },
          onHeader: (headers) => (seen.header = headers.get('x-echo-text')),
          onTrailer: (trailers) => (seen.trailer = trailers.get('x-echo-trailer-text')),
        },
      )
    ).text,
    get: (await client.look({ text: 'look' })).text,
    ...seen,
    stream: await collect({ text: 'again', times: 3 }),
    error: await failure(registry, () => client.say({ failWith: 5, text: 'no such thing: ü' })),
    detailed: await failure(registry, () => client.say({ failWith: 9, failWithDetails: true, text: 'why: ü' })),
    streamError: await failure(registry, async () => {
      for await (const { text } of client.repeat({ text: 'half', times: 2, failWith: 9, failWithDetails: true })) {
        streamed.push(text);
      }
    }),
    streamed,
    deadline: (await failure(registry, () => client.say({ hang: true }, { timeoutMs: 500 }))).code,
    streamDeadline: (await failure(registry, () => collect({ hang: true }, { timeoutMs: 500 }))).code,
    cancel: (await failure(registry, cancel)).code,
    bug: (await failure(registry, () => client.say({ failWith: 99 }))).code,
    large: (await client.say({ responseLength: 300000 })).payload.length,
  };
};
