// Calls the bench's service with @grpc/grpc-js, so many at once, for a while: node load.js HOST:PORT PROTO CONCURRENCY
// SECONDS PAYLOAD. Prints one JSON object: how many calls, in how long, and how long the slow ones took.
import { performance } from 'node:perf_hooks';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, proto, concurrency, seconds, payload] = process.argv.slice(2);
const { BenchService } = grpc.loadPackageDefinition(loader.loadSync(proto)).spaces.load.v1;
const client = new BenchService(address, grpc.credentials.createInsecure());
const message = { payload: Buffer.alloc(Number(payload)) };

const call = () =>
  new Promise((resolve, reject) => client.Echo(message, (error, answer) => (error ? reject(error) : resolve(answer))));

const work = async (times, end) => {
  for (let start = performance.now(); start < end; ) {
    await call();
    const now = performance.now();
    times.push(now - start);
    start = now;
  }
};

const measure = async (milliseconds) => {
  const times = [];
  const start = performance.now();
  await Promise.all(Array.from({ length: Number(concurrency) }, () => work(times, start + milliseconds)));
  const elapsed = performance.now() - start;
  times.sort((a, b) => a - b);
  const microseconds = (share) => times[Math.floor(times.length * share)] * 1000;
  return { callsPerSecond: (times.length / elapsed) * 1000, p50: microseconds(0.5), p99: microseconds(0.99) };
};

await measure(1000); // warms up
console.log(JSON.stringify(await measure(Number(seconds) * 1000)));
client.close();
