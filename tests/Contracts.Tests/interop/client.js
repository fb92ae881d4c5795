// Calls the echo service at argv[2] with @grpc/grpc-js and prints one JSON object: what each call came to.
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const proto = fileURLToPath(new URL('../Protos/echo.proto', import.meta.url));
const { EchoService } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true })).spaces.tests.v1;
const client = new EchoService(process.argv[2], grpc.credentials.createInsecure());
const seconds = (count) => ({ deadline: Date.now() + count * 1000 });

const unary = (request, metadata = new grpc.Metadata(), options = seconds(20)) =>
  new Promise((resolve) => {
    const result = { headers: {}, trailers: {} };
    const call = client.Say(request, metadata, options, (error, response) => {
      result.code = error ? error.code : 0;
      result.details = error ? error.details : '';
      result.text = response?.text;
    });
    call.on('metadata', (headers) => (result.headers = headers.getMap()));
    call.on('status', (status) => {
      result.trailers = status.metadata.getMap();
      setImmediate(() => resolve(result));
    });
  });

const responses = (call) =>
  new Promise((resolve) => {
    const texts = [];
    call.on('data', (message) => texts.push(message.text));
    call.on('error', () => {});
    call.on('status', (status) => resolve({ code: status.code, texts }));
  });

const collect = () =>
  new Promise((resolve) => {
    const done = (error, response) => resolve(response?.text ?? error.details);
    const call = client.Collect(new grpc.Metadata(), seconds(20), done);
    for (const text of ['one', 'two', 'three']) {
      call.write({ text });
    }
    call.end();
  });

const chat = async () => {
  const call = client.Chat(new grpc.Metadata(), seconds(20));
  const result = responses(call);
  for (const text of ['a', 'b', 'c']) {
    call.write({ text });
    await new Promise((resolve) => call.once('data', resolve));
  }
  call.end();
  return result;
};

const cancel = async () => {
  const call = client.Chat(new grpc.Metadata(), seconds(20));
  const result = responses(call);
  call.write({ text: 'a' });
  await new Promise((resolve) => call.once('data', resolve));
  call.cancel();
  return result;
};

const gzip = () =>
  new Promise((resolve) => {
    const options = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip };
    const compressing = new EchoService(process.argv[2], grpc.credentials.createInsecure(), options);
    compressing.Say({ text: 'zip me' }, new grpc.Metadata(), seconds(20), (error, response) => {
      compressing.close();
      resolve(response?.text ?? error.details);
    });
  });

const metadata = new grpc.Metadata();
metadata.set('x-echo-text', 'some text');
metadata.set('x-echo-trailer-bytes-bin', Buffer.from([0, 1, 0xab, 0xff]));

const unknownMethod = () =>
  new Promise((resolve) =>
    client.makeUnaryRequest('/spaces.tests.v1.EchoService/Nope', (x) => x, (x) => x, Buffer.alloc(0), (error) =>
      resolve(error.code),
    ),
  );

const echoed = await unary({ text: 'hello' }, metadata);
console.log(
  JSON.stringify({
    unary: echoed.text,
    header: echoed.headers['x-echo-text'],
    trailer: echoed.trailers['x-echo-trailer-bytes-bin']?.toString('hex'),
    collect: await collect(),
    repeat: await responses(client.Repeat({ text: 'again', times: 3 }, new grpc.Metadata(), seconds(20))),
    chat: await chat(),
    error: await unary({ fail_with: 5, text: 'no such thing: ü' }).then(({ code, details }) => ({ code, details })),
    bug: (await unary({ fail_with: 99 })).code,
    deadline: (await unary({ hang: true }, new grpc.Metadata(), seconds(1))).code,
    cancel: (await cancel()).code,
    tooLong: (await unary({ text: 'x'.repeat(5 * 1024 * 1024) })).code,
    gzip: await gzip(),
    unknownMethod: await unknownMethod(),
  }),
);
client.close();
