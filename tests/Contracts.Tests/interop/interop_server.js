// The interoperability server with @grpc/grpc-js on a free port, which it prints; it ends when its input does.
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const proto = fileURLToPath(new URL('../Protos/grpc_testing.proto', import.meta.url));
const definition = loader.loadSync(proto, { keepCase: true, defaults: true });
const { TestService } = grpc.loadPackageDefinition(definition).grpc.testing;

const zeros = (length) => ({ body: Buffer.alloc(length) });
const failure = (status) => ({ code: status.code, details: status.message });

const copy = (metadata, key) => {
  const copied = new grpc.Metadata();
  metadata.get(key).forEach((value) => copied.add(key, value));
  return copied;
};
const trailers = (call) => copy(call.metadata, 'x-grpc-test-echo-trailing-bin');
const echoInitial = (call) => call.sendMetadata(copy(call.metadata, 'x-grpc-test-echo-initial'));

const EmptyCall = (_call, callback) => callback(null, {});

const UnaryCall = (call, callback) => {
  echoInitial(call);
  const { response_size: length, response_status: status } = call.request;
  if (status?.code) {
    callback(failure(status));
  } else {
    callback(null, { payload: zeros(length) }, trailers(call));
  }
};

const CacheableUnaryCall = (call, callback) => {
  const headers = new grpc.Metadata();
  headers.set('cache-control', 'max-age=60, public');
  call.sendMetadata(headers);
  callback(null, { payload: { body: Buffer.from(`${Date.now()}000000`) } });
};

const StreamingInputCall = (call, callback) => {
  let sum = 0;
  call.on('data', (request) => (sum += request.payload.body.length));
  call.on('end', () => callback(null, { aggregated_payload_size: sum }));
};

const answer = async (call, request) => {
  if (request.response_status?.code) {
    call.emit('error', failure(request.response_status));
    return false;
  }
  for (const { size, interval_us: interval } of request.response_parameters) {
    await wait(interval / 1000);
    call.write({ payload: zeros(size) });
  }
  return true;
};

const StreamingOutputCall = async (call) => {
  if (await answer(call, call.request)) {
    call.end();
  }
};

const FullDuplexCall = (call) => {
  echoInitial(call);
  let answered = Promise.resolve(true);
  call.on('data', (request) => (answered = answered.then((goesOn) => goesOn && answer(call, request))));
  call.on('end', async () => {
    if (await answered) {
      call.end(trailers(call));
    }
  });
};

const server = new grpc.Server();
server.addService(TestService.service, {
  EmptyCall,
  UnaryCall,
  CacheableUnaryCall,
  StreamingInputCall,
  StreamingOutputCall,
  FullDuplexCall,
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  console.log(port);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
