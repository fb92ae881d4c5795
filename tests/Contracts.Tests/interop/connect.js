// connect.js <protocol> <http version> <base URL> <descriptor>: calls with @connectrpc/connect-node, prints JSON.
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { exercise, loadRegistry } from './echo.js';

const [protocol, httpVersion, baseUrl, descriptor] = process.argv.slice(2);
const transports = {
  json: (options) => createConnectTransport({ ...options, useBinaryFormat: false, useHttpGet: true }),
  proto: (options) => createConnectTransport({ ...options, useBinaryFormat: true, useHttpGet: true }),
  web: createGrpcWebTransport,
  grpc: createGrpcTransport,
};
const result = await exercise(transports[protocol]({ baseUrl, httpVersion }), loadRegistry(descriptor));
console.log(JSON.stringify(result));
process.exit(0);
