import { SpacesError } from "./errors.ts";
import type { Platform } from "./platform.ts";
import type { Goodbye, Request, ServerMessage } from "./protocol.ts";

/** How long a socket may take to open and a request to be answered, milliseconds. */
export const ANSWER_TIME_MAX_MS = 10_000;

interface Pending {
  resolve: (message: ServerMessage) => void;
  reject: (error: SpacesError) => void;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * One WebSocket on `/v1/signal` from opening to close: puts requests and answers together by `request_id`, keeps the
 * connection alive with pings and notices when the other side went silent. It never comes back; `RoomConnection` makes
 * the next one.
 */
export class SignalChannel {
  readonly #socket: WebSocket;
  readonly #pending = new Map<string, Pending>();
  readonly #opened: Promise<void>;
  #resolveClosed!: (goodbye: Goodbye | undefined) => void;
  #requestCount = 0;
  #pingTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #pingIntervalMs = 0;
  #goodbye: Goodbye | undefined;
  #isClosed = false;

  /** Resolves when the connection is over, with the server's last word where it said one. */
  readonly closed: Promise<Goodbye | undefined>;

  /** `onMessage` is called for every message, answers included, before the request's promise resolves. */
  constructor(
    platform: Platform,
    url: string,
    private readonly onMessage: (message: ServerMessage) => void,
  ) {
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.#socket = platform.openSocket(url, ["spaces.v1.json"]);
    this.#opened = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.close(), ANSWER_TIME_MAX_MS);
      this.#socket.onopen = () => {
        clearTimeout(timer);
        resolve();
      };
      void this.closed.then(() => {
        clearTimeout(timer);
        reject(new SpacesError("DISCONNECTED", "The server could not be reached."));
      });
    });
    this.#opened.catch(() => undefined);
    this.#socket.onmessage = (event: MessageEvent<unknown>) => this.#receive(event.data);
    this.#socket.onclose = () => this.#end();
    this.#socket.onerror = () => this.#end();
  }

  get isOpen(): boolean {
    return !this.#isClosed && this.#socket.readyState === WEBSOCKET_OPEN;
  }

  /**
   * Sends a request once the socket is open and waits for the message that answers it.
   * @throws SpacesError where the server refuses, does not answer in 10 s, or the connection is lost.
   */
  async request(request: Request): Promise<ServerMessage> {
    await this.#opened;
    if (this.#isClosed) throw disconnected();
    const requestId = String(++this.#requestCount);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(requestId);
        reject(new SpacesError("DISCONNECTED", "The server did not answer in time."));
        this.close();
      }, ANSWER_TIME_MAX_MS);
      this.#pending.set(requestId, { resolve, reject, timer });
      this.#send({ requestId, ...request });
    });
  }

  /** Sends a request whose answer nobody waits for; nothing happens where the socket is not open. */
  tell(request: Request): void {
    if (this.isOpen) this.#send({ requestId: String(++this.#requestCount), ...request });
  }

  /** Starts the pings; 0 turns them off. */
  keepAlive(pingIntervalMs: number): void {
    this.#pingIntervalMs = pingIntervalMs;
    this.#schedulePing();
    this.#watchSilence();
  }

  close(): void {
    this.#socket.close();
    // A socket whose other side is gone may take a minute to close; nobody waits for that.
    this.#end();
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message));
    this.#schedulePing();
  }

  #receive(data: unknown): void {
    if (this.#isClosed) return;
    this.#watchSilence();
    const message = parse(data);
    if (message === undefined) return;
    if (message.goodbye !== undefined) this.#goodbye = message.goodbye;
    this.onMessage(message);
    const pending = this.#take(message.replyTo ?? "0");
    if (message.refused === undefined) pending?.resolve(message);
    else pending?.reject(SpacesError.fromRefused(message.refused));
    if (message.goodbye !== undefined) this.close();
  }

  #take(requestId: string): Pending | undefined {
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    clearTimeout(pending?.timer);
    return pending;
  }

  #schedulePing(): void {
    clearTimeout(this.#pingTimer);
    if (this.#pingIntervalMs === 0 || this.#isClosed) return;
    this.#pingTimer = setTimeout(() => this.tell({ ping: { nonce: "1" } }), this.#pingIntervalMs);
  }

  /** A server that says nothing for 1.5 ping intervals is lost, whatever the socket believes. */
  #watchSilence(): void {
    clearTimeout(this.#silenceTimer);
    if (this.#pingIntervalMs === 0 || this.#isClosed) return;
    this.#silenceTimer = setTimeout(() => this.close(), this.#pingIntervalMs * 1.5);
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#pingTimer);
    clearTimeout(this.#silenceTimer);
    for (const requestId of [...this.#pending.keys()]) this.#take(requestId)?.reject(disconnected());
    this.#resolveClosed(this.#goodbye);
  }
}

const WEBSOCKET_OPEN = 1;

function disconnected(): SpacesError {
  return new SpacesError("DISCONNECTED", "The connection was lost before the server answered.");
}

function parse(data: unknown): ServerMessage | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === "object" && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}
