import { once } from "node:events";
import WebSocket from "ws";
import { until } from "./wait.js";

/** What the server may say, as far as these tests read it. */
export interface ServerMessage {
  replyTo?: string;
  joined?: { sdpAnswer?: string; resumeToken: string; self: { id: string } };
  refused?: { code: string; message: string };
  mediaLost?: { reason: string };
  goodbye?: { reason: string; action: string; message?: string };
}

/** A client that speaks the WebSocket protocol with JSON and does what a test wants, right or wrong. */
export class SignalSocket {
  readonly received: ServerMessage[] = [];
  closed: { code: number; reason: string } | undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on("message", (data: Buffer) => this.received.push(JSON.parse(data.toString("utf8")) as ServerMessage));
    socket.on("close", (code, reason) => (this.closed = { code, reason: reason.toString("utf8") }));
    socket.on("error", () => undefined);
  }

  static async connect(url: string): Promise<SignalSocket> {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/signal`, ["spaces.v1.json"]);
    const signal = new SignalSocket(socket);
    await once(socket, "open");
    return signal;
  }

  /** The HTTP status with which a connection from a page of another site is refused. */
  static async refusedStatus(url: string, origin: string): Promise<number> {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/signal`, ["spaces.v1.json"], { origin });
    socket.on("error", () => undefined);
    const [kind, status] = await Promise.race([
      once(socket, "unexpected-response").then(([, response]) => ["refused", response.statusCode as number] as const),
      once(socket, "open").then(() => ["open", 101] as const),
    ]);
    socket.terminate();
    return kind === "refused" ? status : 101;
  }

  send(message: object | string): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Waits for the first message that fits. */
  next(what: string, fits: (message: ServerMessage) => boolean, milliseconds = 10_000): Promise<ServerMessage> {
    return until(what, () => this.received.find(fits), milliseconds).catch((error: Error) => {
      const said = JSON.stringify(this.received).slice(0, 600);
      throw new Error(`${error.message} Received: ${said}; closed: ${JSON.stringify(this.closed)}`);
    });
  }

  close(): void {
    this.socket.terminate();
  }
}
