import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/** TCP ports of 127.0.0.1 that nobody uses, all different. */
export async function freeTcpPorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** The first of `count` neighbouring UDP ports that nobody uses: a media node takes one per worker. */
export async function freeUdpPorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = await tryBind(0);
    if (first === undefined || first.port + count > 65_535) {
      first?.close();
      continue;
    }
    const rest = await Promise.all(Array.from({ length: count - 1 }, (_, index) => tryBind(first.port + 1 + index)));
    const port = first.port;
    first.close();
    rest.forEach((bound) => bound?.close());
    if (rest.every((bound) => bound !== undefined)) {
      return port;
    }
  }
  throw new Error(`Found no ${count} neighbouring free UDP ports in 50 tries.`);
}

function tryBind(port: number): Promise<{ port: number; close: () => void } | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind(port, "127.0.0.1", () => resolve({ port: socket.address().port, close: () => socket.close() }));
  });
}
