// Serves the echo service with @grpc/grpc-js on a free port, prints the port, and ends when its input does.
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const proto = fileURLToPath(new URL('../Protos/echo.proto', import.meta.url));
const definition = loader.loadSync(proto, { keepCase: true, defaults: true });
const { EchoService } = grpc.loadPackageDefinition(definition).spaces.tests.v1;

const { 'google.rpc.Status': Status } = loader.loadSync('google/rpc/status.proto', {
  includeDirs: [fileURLToPath(new URL('../../../contracts/proto', import.meta.url))],
});

/** Of the request's type, with its text. */
const detail = ({ text }) => ({
  type_url: 'type.googleapis.com/spaces.tests.v1.SayRequest',
  value: EchoService.service.Say.requestSerialize({ text }),
});

const failure = (request) => {
  const metadata = new grpc.Metadata();
  metadata.set('x-why', 'asked for');
  if (request.fail_with_details) {
    const status = { code: request.fail_with, message: request.text, details: [detail(request)] };
    metadata.set('grpc-status-details-bin', Buffer.from(Status.serialize(status)));
  }
  return { code: request.fail_with, details: request.text, metadata };
};

const echoed = (metadata, prefix) => {
  const copy = new grpc.Metadata();
  for (const key of Object.keys(metadata.getMap())) {
    if (key.startsWith('x-echo') && key.startsWith('x-echo-trailer') === (prefix === 'x-echo-trailer')) {
      metadata.get(key).forEach((value) => copy.add(key, value));
    }
  }
  return copy;
};

const Say = (call, callback) => {
  if (call.request.hang) {
    return;
  }
  if (call.request.fail_with) {
    callback(failure(call.request));
    return;
  }
  call.sendMetadata(echoed(call.metadata, 'x-echo'));
  const answer = { text: call.request.text, payload: Buffer.alloc(call.request.response_length) };
  callback(null, answer, echoed(call.metadata, 'x-echo-trailer'));
};

const Collect = (call, callback) => {
  const texts = [];
  call.on('data', (request) => texts.push(request.text));
  call.on('end', () => callback(null, { text: texts.join(' ') }));
};

const Repeat = (call) => {
  for (let i = 0; i < call.request.times; i++) {
    call.write({ text: call.request.text });
  }
  if (call.request.fail_with) {
    call.emit('error', failure(call.request));
  } else {
    call.end();
  }
};

const Chat = (call) => {
  call.on('data', (request) => call.write({ text: request.text }));
  call.on('end', () => call.end());
};

const server = new grpc.Server();
server.addService(EchoService.service, { Say, Look: Say, Collect, Repeat, Chat });
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  console.log(port);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
