import type { ClientMessage, Participant, Refused, RoomSnapshot, ServerMessage } from "../protocol.ts";

type RequestName = Exclude<keyof ClientMessage, "requestId">;
type Answer = (message: ClientMessage) => ServerMessage | undefined;

/** The client's end of a socket to `FakeServer`: as much of a WebSocket as the client uses. */
export class FakeSocket {
  static readonly OPEN = 1;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(
    private readonly server: FakeServer,
    readonly protocols: string[],
  ) {}

  send(text: string): void {
    if (this.readyState !== FakeSocket.OPEN) throw new Error("InvalidStateError: the socket is not open.");
    this.server.receive(this, JSON.parse(text) as ClientMessage);
  }

  close(): void {
    this.end();
  }

  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }

  end(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.();
  }
}

export const HOST: Participant = {
  id: "p-host",
  identity: "host",
  name: "Hana",
  role: "ROLE_HOST",
  mediaId: 7,
  connected: true,
};
export const SELF: Participant = {
  id: "p-self",
  identity: "self",
  name: "Sol",
  role: "ROLE_LISTENER",
  mediaId: 9,
  connected: true,
};

/** Signaling in memory: answers like the real one, does not answer, or refuses, as a test tells it. */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  readonly received: ClientMessage[] = [];
  isReachable = true;
  isSilent = false;
  mediaAlive = true;
  self: Participant = SELF;
  snapshot: RoomSnapshot = {
    room: { id: "r1", title: "Talk", state: "ROOM_STATE_LIVE", hostName: "Hana", version: "4", listenerCount: 1 },
    stage: [HOST],
  };
  readonly #scripted: { name: RequestName; answer: Answer }[] = [];

  /** Whatever is not named here is answered with `done`. */
  readonly #answers: Partial<Record<RequestName, Answer>> = {
    join: () => ({
      joined: { room: this.snapshot, self: this.self, sdpAnswer: "answer", resumeToken: "r-1", pingIntervalMs: 10_000 },
    }),
    resume: () => ({
      resumed: { self: this.self, resumeToken: "r-2", mediaAlive: this.mediaAlive, pingIntervalMs: 10_000 },
    }),
    openMedia: () => ({ mediaOpened: { sdpAnswer: "answer" } }),
    restartIce: () => ({ iceRestarted: { sdpAnswer: "restart-answer" } }),
    listParticipants: () => ({ participants: { participants: [HOST, SELF], nextPageToken: "next" } }),
    leave: () => ({ goodbye: { reason: "GOODBYE_REASON_LEFT", action: "GOODBYE_ACTION_STOP" } }),
    ping: (message) => ({ pong: message.ping ?? {} }),
  };

  accept(protocols: string[]): FakeSocket {
    const socket = new FakeSocket(this, protocols);
    this.sockets.push(socket);
    queueMicrotask(() => (this.isReachable ? socket.open() : socket.end()));
    return socket;
  }

  receive(socket: FakeSocket, message: ClientMessage): void {
    this.received.push(message);
    const name = nameOf(message);
    const index = this.#scripted.findIndex((script) => script.name === name);
    const scripted = index < 0 ? undefined : this.#scripted.splice(index, 1)[0];
    if (this.isSilent) return;
    const answer = (scripted?.answer ?? this.#answers[name] ?? (() => ({ done: {} })))(message);
    if (answer !== undefined) this.#deliver(socket, { replyTo: message.requestId ?? "0", ...answer });
  }

  /** The next request of that kind is answered so; an answer of undefined is silence. */
  next(name: RequestName, answer: Answer): void {
    this.#scripted.push({ name, answer });
  }

  refuseNext(name: RequestName, refused: Refused): void {
    this.next(name, () => ({ refused }));
  }

  /** Tells the newest socket something unasked. */
  push(message: ServerMessage): void {
    const socket = this.sockets[this.sockets.length - 1];
    if (socket !== undefined) this.#deliver(socket, message);
  }

  drop(): void {
    for (const socket of this.sockets) socket.end();
  }

  requests(name: RequestName): ClientMessage[] {
    return this.received.filter((message) => nameOf(message) === name);
  }

  get openCount(): number {
    return this.sockets.filter((socket) => socket.readyState === FakeSocket.OPEN).length;
  }

  #deliver(socket: FakeSocket, message: ServerMessage): void {
    const data = JSON.stringify(message);
    queueMicrotask(() => {
      if (socket.readyState !== FakeSocket.OPEN) return;
      socket.onmessage?.({ data });
      if (message.goodbye !== undefined) socket.end();
    });
  }
}

function nameOf(message: ClientMessage): RequestName {
  return Object.keys(message).find((key) => key !== "requestId") as RequestName;
}
