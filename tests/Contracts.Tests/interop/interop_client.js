// Runs every interoperability case with @grpc/grpc-js against argv[2] and prints one JSON object: "ok" or the fault.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const proto = fileURLToPath(new URL('../Protos/grpc_testing.proto', import.meta.url));
const { TestService, UnimplementedService } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true }))
  .grpc.testing;
const address = process.argv[2];
const insecure = grpc.credentials.createInsecure();
const client = new TestService(address, insecure);
const gzip = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip };
const compressing = new TestService(address, insecure, gzip);
const absent = new UnimplementedService(address, insecure);

const REQUESTS = [27182, 8, 1828, 45904];
const RESPONSES = [31415, 9, 2653, 58979];
const options = () => ({ deadline: Date.now() + 20_000 });
const zeros = (length) => ({ body: Buffer.alloc(length) });
const flag = (value) => ({ value });
const large = (fields) => ({ response_size: 314159, payload: zeros(271828), ...fields });
const ping = (length, size) => ({ payload: zeros(length), response_parameters: [{ size }] });
const metadata = () => {
  const entries = new grpc.Metadata();
  entries.set('x-grpc-test-echo-initial', 'test_initial_metadata_value');
  entries.set('x-grpc-test-echo-trailing-bin', Buffer.from([0xab, 0xab, 0xab]));
  return entries;
};

/** Follows a call to its status. `start` gets the callback of a single response. */
const follow = (start, onData) =>
  new Promise((resolve) => {
    const result = { responses: [] };
    const call = start((_error, response) => response && result.responses.push(response));
    call.on('metadata', (headers) => (result.headers = headers));
    call.on('data', (response) => {
      result.responses.push(response);
      onData?.(call, result.responses.length);
    });
    call.on('error', () => {});
    call.on('status', (status) => setImmediate(() => resolve({ ...result, ...status })));
  });

const unary = (request, on = client, entries = new grpc.Metadata()) =>
  follow((done) => on.UnaryCall(request, entries, options(), done));

const input = (requests, on = client) =>
  follow((done) => {
    const call = on.StreamingInputCall(new grpc.Metadata(), options(), done);
    requests.forEach((request) => call.write(request));
    call.end();
    return call;
  });

const duplex = (requests, entries = new grpc.Metadata()) =>
  follow(() => {
    const call = client.FullDuplexCall(entries, options());
    requests.forEach((request) => call.write(request));
    call.end();
    return call;
  });

const requireOk = (result, lengths) => {
  assert.equal(result.code, 0, result.details);
  assert.deepEqual(
    result.responses.map((response) => response.payload.body.length),
    lengths,
  );
};

const requireStatus = async (message) => {
  const response_status = { code: 2, message };
  for (const result of [await unary({ response_status }), await duplex([{ response_status }])]) {
    assert.equal(result.code, 2);
    assert.equal(result.details, message);
  }
};

const requireMetadata = ({ headers, metadata: trailers }) => {
  assert.deepEqual(headers.get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
  assert.deepEqual(trailers.get('x-grpc-test-echo-trailing-bin'), [Buffer.from([0xab, 0xab, 0xab])]);
};

const output = (parameters) =>
  follow(() => client.StreamingOutputCall({ response_parameters: parameters }, new grpc.Metadata(), options()));

const cases = {
  empty_unary: async () => {
    const result = await follow((done) => client.EmptyCall({}, new grpc.Metadata(), options(), done));
    assert.equal(result.code, 0, result.details);
  },
  large_unary: async () => requireOk(await unary(large()), [314159]),
  cacheable_unary: async () => {
    const user = new grpc.Metadata();
    user.set('x-user-ip', '1.2.3.4');
    for (let i = 0; i < 2; i++) {
      const result = await follow((done) => client.CacheableUnaryCall({}, user, options(), done));
      assert.equal(result.code, 0, result.details);
      assert.match(String(result.responses[0].payload.body), /^[0-9]+$/);
      assert.deepEqual(result.headers.get('cache-control'), ['max-age=60, public']);
    }
  },
  rpc_soak: async () => {
    for (let i = 0; i < 100; i++) {
      requireOk(await unary(large()), [314159]);
    }
  },
  channel_soak: async () => {
    for (let i = 0; i < 25; i++) {
      const fresh = new TestService(address, insecure, { 'grpc.use_local_subchannel_pool': 1 });
      requireOk(await unary(large(), fresh), [314159]);
      fresh.close();
    }
  },
  client_compressed_unary: async () => {
    assert.equal((await unary(large({ expect_compressed: flag(true) }))).code, 3);
    requireOk(await unary(large({ expect_compressed: flag(true) }), compressing), [314159]);
    requireOk(await unary(large({ expect_compressed: flag(false) })), [314159]);
  },
  server_compressed_unary: async () => {
    requireOk(await unary(large({ response_compressed: flag(true) })), [314159]);
    requireOk(await unary(large({ response_compressed: flag(false) })), [314159]);
  },
  client_streaming: async () => {
    const result = await input(REQUESTS.map((length) => ({ payload: zeros(length) })));
    assert.equal(result.code, 0, result.details);
    assert.equal(result.responses[0].aggregated_payload_size, 74922);
  },
  client_compressed_streaming: async () => {
    const parts = [27182, 45904].map((length) => ({ payload: zeros(length), expect_compressed: flag(true) }));
    assert.equal((await input(parts)).code, 3);
    const result = await input(parts, compressing);
    assert.equal(result.code, 0, result.details);
    assert.equal(result.responses[0].aggregated_payload_size, 73086);
  },
  server_streaming: async () => requireOk(await output(RESPONSES.map((size) => ({ size }))), RESPONSES),
  server_compressed_streaming: async () => {
    const wishes = [
      { size: 31415, compressed: flag(true) },
      { size: 92653, compressed: flag(false) },
    ];
    requireOk(await output(wishes), [31415, 92653]);
  },
  ping_pong: async () => {
    const next = (call, count) => {
      if (count < REQUESTS.length) {
        call.write(ping(REQUESTS[count], RESPONSES[count]));
      } else {
        call.end();
      }
    };
    const start = () => {
      const call = client.FullDuplexCall(new grpc.Metadata(), options());
      next(call, 0);
      return call;
    };
    requireOk(await follow(start, next), RESPONSES);
  },
  empty_stream: async () => requireOk(await duplex([]), []),
  custom_metadata: async () => {
    requireMetadata(await unary(large(), client, metadata()));
    requireMetadata(await duplex([ping(271828, 314159)], metadata()));
  },
  status_code_and_message: () => requireStatus('test status message'),
  special_status_message: () =>
    requireStatus('\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n'),
  unimplemented_method: async () => {
    const result = await follow((done) => client.UnimplementedCall({}, new grpc.Metadata(), options(), done));
    assert.equal(result.code, 12);
  },
  unimplemented_service: async () => {
    const result = await follow((done) => absent.UnimplementedCall({}, new grpc.Metadata(), options(), done));
    assert.equal(result.code, 12);
  },
  cancel_after_begin: async () => {
    const result = await follow((done) => {
      const call = client.StreamingInputCall(new grpc.Metadata(), options(), done);
      setImmediate(() => call.cancel());
      return call;
    });
    assert.equal(result.code, 1);
  },
  cancel_after_first_response: async () => {
    const start = () => {
      const call = client.FullDuplexCall(new grpc.Metadata(), options());
      call.write(ping(27182, 31415));
      return call;
    };
    assert.equal((await follow(start, (call) => call.cancel())).code, 1);
  },
  timeout_on_sleeping_server: async () => {
    const result = await follow(() => {
      const call = client.FullDuplexCall(new grpc.Metadata(), { deadline: Date.now() + 1 });
      call.write({ payload: zeros(27182) });
      return call;
    });
    assert.equal(result.code, 4);
  },
};

const results = {};
for (const [name, run] of Object.entries(cases)) {
  results[name] = await run().then(
    () => 'ok',
    (failure) => String(failure.message),
  );
}
console.log(JSON.stringify(results));
[client, compressing, absent].forEach((one) => one.close());
