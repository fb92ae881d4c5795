// Runs in the browser: @connectrpc/connect-web and grpc-web against the echo service of another origin.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-web';
import { GrpcWebClientBase, MethodDescriptor, MethodType } from 'grpc-web';
import { exercise, loadRegistry } from './echo.js';

const transports = {
  json: (baseUrl) => createConnectTransport({ baseUrl, useBinaryFormat: false, useHttpGet: true }),
  proto: (baseUrl) => createConnectTransport({ baseUrl, useBinaryFormat: true, useHttpGet: true }),
  web: (baseUrl) => createGrpcWebTransport({ baseUrl }),
};

const viaGrpcWeb = async (baseUrl, registry, format) => {
  const request = registry.getMessage('spaces.tests.v1.SayRequest');
  const response = registry.getMessage('spaces.tests.v1.SayResponse');
  const client = new GrpcWebClientBase({ format });
  const method = (name, type) =>
    new MethodDescriptor(
      `/spaces.tests.v1.EchoService/${name}`,
      type,
      Object,
      Object,
      (message) => toBinary(request, create(request, message)),
      (bytes) => fromBinary(response, bytes),
    );
  const say = (message) =>
    new Promise((resolve) => {
      const url = `${baseUrl}/spaces.tests.v1.EchoService/Say`;
      client.rpcCall(url, message, {}, method('Say', MethodType.UNARY), (error, answer) =>
        resolve(error ? { code: error.code, message: error.message, why: error.metadata['x-why'] } : answer.text),
      );
    });
  const repeat = (message) =>
    new Promise((resolve) => {
      const texts = [];
      const url = `${baseUrl}/spaces.tests.v1.EchoService/Repeat`;
      const call = client.serverStreaming(url, message, {}, method('Repeat', MethodType.SERVER_STREAMING));
      call.on('data', ({ text }) => texts.push(text));
      call.on('error', ({ code }) => resolve({ texts, code }));
      call.on('end', () => resolve({ texts, code: 0 }));
    });
  return {
    unary: await say({ text: 'hello' }),
    error: await say({ failWith: 5, text: 'no such thing: ü' }),
    stream: await repeat({ text: 'again', times: 3 }),
    streamError: await repeat({ text: 'half', times: 2, failWith: 9 }),
  };
};

window.run = (protocol, baseUrl, descriptor) => {
  const registry = loadRegistry(descriptor);
  return protocol in transports
    ? exercise(transports[protocol](baseUrl), registry)
    : viaGrpcWeb(baseUrl, registry, protocol);
};
