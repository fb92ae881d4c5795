import { Backoff } from "./backoff.ts";
import { SpacesError } from "./errors.ts";
import type { Platform } from "./platform.ts";
import type { Goodbye, Join, Joined, Request, ServerMessage } from "./protocol.ts";
import type { ConnectionState, Ended } from "./room_events.ts";
import { SignalChannel } from "./signal_channel.ts";

/** How long the first join may take, milliseconds; afterwards a link never gives up by itself. */
const JOIN_TIME_MAX_MS = 20_000;
/** After this long the waits between tries start small again, milliseconds. */
const STEADY_MS = 5_000;

/** What the link needs from the visit it serves. */
export interface SignalingVisit {
  /** Makes a join anew each time, with a fresh offer and token. */
  makeJoin(): Promise<Join>;
  /** The join was answered; the link is `connected` once this resolves. */
  onJoined(joined: Joined): Promise<void>;
  /** Number of the last event seen. */
  lastEvent(): bigint;
  /** Every message but those of the link's own concern, in their order. */
  onMessage(message: ServerMessage): void;
  onState(state: ConnectionState): void;
  /** The server said that it is over. */
  onEnded(ended: Ended): void;
}

/**
 * Signaling for one visit, over as many sockets as that takes: joins, resumes with the server's resume token when a
 * socket is lost, joins anew where the server no longer knows us, and does what a goodbye says.
 */
export class SignalingLink {
  readonly #backoff: Backoff;
  readonly #giveUpAt: number;
  #state: ConnectionState = "connecting";
  #hasJoined = false;
  #channel: SignalChannel | undefined;
  #resumeToken: string | undefined;
  #wake: () => void = () => undefined;

  constructor(
    private readonly platform: Platform,
    private readonly url: string,
    private readonly visit: SignalingVisit,
  ) {
    this.#backoff = new Backoff(() => platform.random());
    this.#giveUpAt = platform.now() + JOIN_TIME_MAX_MS;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get isReady(): boolean {
    return this.#state === "connected";
  }

  /** Runs until the visit is over. */
  async run(): Promise<void> {
    while (!this.#isOver()) {
      const delayMs = await this.#connectOnce();
      if (this.#isOver()) return;
      this.#setState(this.#hasJoined ? "reconnecting" : "connecting");
      await this.#pause(delayMs);
    }
  }

  /** @throws SpacesError where the server refuses, or there is no connection now (`DISCONNECTED`). */
  async request(request: Request): Promise<ServerMessage> {
    if (this.#isOver()) throw new SpacesError("ENDED", "You are not in this room any more.");
    if (!this.isReady || this.#channel === undefined) {
      throw new SpacesError("DISCONNECTED", "Not connected right now. Try again in a moment.");
    }
    return this.#channel.request(request);
  }

  /** Asks without waiting for the answer; nothing happens where there is no connection. */
  tell(request: Request): void {
    this.#channel?.tell(request);
  }

  /** The network is back: the next try is made now. */
  hurry(): void {
    this.#wake();
  }

  close(): void {
    this.#setState("ended");
    this.#channel?.close();
    this.#wake();
  }

  /** One socket from opening to close. Returns how long to wait before the next one, milliseconds. */
  async #connectOnce(): Promise<number> {
    const channel = new SignalChannel(this.platform, this.url, (message) => this.#onMessage(channel, message));
    this.#channel = channel;
    const resumeToken = this.#resumeToken;
    try {
      if (resumeToken === undefined) await this.#join(channel);
      else await this.#resume(channel, resumeToken);
    } catch (error) {
      channel.close();
      return this.#afterFailure(error, resumeToken !== undefined);
    }
    this.#hasJoined = true;
    const connectedAt = this.platform.now();
    if (channel.isOpen) this.#setState("connected");
    const goodbye = await channel.closed;
    // A server that takes us in only to drop us is not stormed.
    if (this.platform.now() - connectedAt > STEADY_MS) this.#backoff.reset();
    return this.#afterGoodbye(goodbye);
  }

  async #join(channel: SignalChannel): Promise<void> {
    const reply = await channel.request({ join: await this.visit.makeJoin() });
    await this.visit.onJoined(reply.joined ?? {});
  }

  async #resume(channel: SignalChannel, resumeToken: string): Promise<void> {
    await channel.request({ resume: { resumeToken, lastEvent: String(this.visit.lastEvent()) } });
  }

  #onMessage(channel: SignalChannel, message: ServerMessage): void {
    if (channel !== this.#channel || this.#isOver()) return;
    const entered = message.joined ?? message.resumed;
    if (entered !== undefined) {
      this.#resumeToken = entered.resumeToken ?? this.#resumeToken;
      channel.keepAlive(entered.pingIntervalMs ?? 0);
    }
    this.visit.onMessage(message);
  }

  #afterFailure(error: unknown, wasResume: boolean): number {
    if (this.#isOver()) return 0;
    const refusal = error instanceof SpacesError ? error : unexpected(error);
    const isTooLate = !this.#hasJoined && this.platform.now() > this.#giveUpAt;
    if (refusal.isTemporary && !isTooLate) return this.#backoff.next(refusal.retryAfterMs);
    // The participation is over (NOT_FOUND), or the token is no good any more: join anew, at once.
    this.#resumeToken = undefined;
    if (!wasResume) this.visit.onEnded({ reason: "refused", error: refusal });
    return 0;
  }

  #afterGoodbye(goodbye: Goodbye | undefined): number {
    if (goodbye?.action === "GOODBYE_ACTION_STOP") this.visit.onEnded(endedBy(goodbye));
    if (goodbye?.action === "GOODBYE_ACTION_JOIN") this.#resumeToken = undefined;
    return this.#backoff.next(goodbye?.retryAfterMs);
  }

  /** Waits, unless the network comes back or the visit ends sooner. */
  async #pause(delayMs: number): Promise<void> {
    if (delayMs <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #isOver(): boolean {
    return this.#state === "ended";
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state || this.#isOver()) return;
    this.#state = state;
    this.visit.onState(state);
  }
}

function endedBy(goodbye: Goodbye): Ended {
  if (goodbye.reason === "GOODBYE_REASON_LEFT") return { reason: "left" };
  if (goodbye.reason === "GOODBYE_REASON_REPLACED") return { reason: "replaced" };
  if (goodbye.reason === "GOODBYE_REASON_ROOM_ENDED") return { reason: "room-ended" };
  if (goodbye.reason === "GOODBYE_REASON_REMOVED") return { reason: "removed" };
  if (goodbye.reason === "GOODBYE_REASON_BANNED") return { reason: "banned" };
  return { reason: "refused", error: new SpacesError("UNAVAILABLE", goodbye.message ?? "The server ended the visit.") };
}

/** Not the server's refusal, such as an answer that the browser cannot use: no use in trying again. */
function unexpected(error: unknown): SpacesError {
  return new SpacesError("FAILED_PRECONDITION", error instanceof Error ? error.message : String(error));
}
