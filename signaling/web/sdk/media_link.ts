import { Backoff } from "./backoff.ts";
import { SpacesError } from "./errors.ts";
import { MediaSession, type SessionState } from "./media_session.ts";
import type { Platform } from "./platform.ts";
import type { Request, ServerMessage } from "./protocol.ts";

/** `reconnecting`: nothing is heard now, and the client is working on it. */
export type MediaState = "connecting" | "connected" | "reconnecting" | "closed";

/** How long ICE may stay disconnected before it is restarted; a short gap mends itself. */
const PATIENCE_MS = 1_000;

type Need = "nothing" | "restart" | "reopen";

/** The way to the server, which may be lost for a while. */
export interface MediaSignaling {
  readonly isReady: boolean;
  request(request: Request): Promise<ServerMessage>;
}

/** The visit that the link serves. */
export interface MediaVisit {
  onState(state: MediaState): void;
  /** A new session took the place of the one before. */
  onSession(session: MediaSession): void;
}

/**
 * Keeps media alive over one visit: holds the current session, restarts ICE when the path breaks, and opens a new
 * session when the server lost the old one. Whatever it needs from signaling waits until there is signaling again;
 * meanwhile the session that is there is left alone.
 */
export class MediaLink {
  readonly #backoff: Backoff;
  #session: MediaSession | undefined;
  /** Offered in `join` or `open_media`, not answered yet. */
  #next: MediaSession | undefined;
  #microphone: MediaStreamTrack | null = null;
  #need: Need = "nothing";
  #notBefore = 0;
  #isWorking = false;
  #isClosed = false;
  #state: MediaState = "connecting";
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly slotCount: number,
    private readonly signaling: MediaSignaling,
    private readonly visit: MediaVisit,
  ) {
    this.#backoff = new Backoff(() => platform.random());
  }

  get state(): MediaState {
    return this.#state;
  }

  get session(): MediaSession | undefined {
    return this.#session;
  }

  /** Makes a new session's offer. The session before plays on until `accept`. */
  async offer(): Promise<string> {
    this.#next?.close();
    const session = new MediaSession(this.platform, this.slotCount, (about, state) => this.#onSession(about, state));
    this.#next = session;
    await session.setMicrophone(this.#microphone);
    return session.offer();
  }

  /** Takes the answer to the last `offer`; from now on that session is the one. */
  async accept(answer: string): Promise<void> {
    const session = this.#next;
    if (session === undefined || this.#isClosed) return;
    this.#next = undefined;
    this.#need = "nothing";
    const before = this.#session;
    this.#session = session;
    before?.close();
    await session.answer(answer);
    // The microphone may have been opened while the answer was under way.
    await session.setMicrophone(this.#microphone);
    this.visit.onSession(session);
  }

  /** Sends this track from now on, in this session and in every later one. */
  async setMicrophone(track: MediaStreamTrack | null): Promise<void> {
    this.#microphone = track;
    await this.#session?.setMicrophone(track);
  }

  /** The server said that the session is gone. */
  lost(retryAfterMs: number): void {
    this.#notBefore = this.platform.now() + retryAfterMs;
    this.#demand("reopen");
  }

  /** The way to the network may have changed: the old path is not waited for. */
  networkChanged(): void {
    if (this.#session !== undefined) this.#demand("restart");
  }

  /** Signaling is there (again): what had to wait is done now. */
  signalingReady(): void {
    void this.#work();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#patience);
    this.#next?.close();
    this.#session?.close();
    this.#set("closed");
  }

  #onSession(about: MediaSession, state: SessionState): void {
    if (about !== this.#session || this.#isClosed) return;
    clearTimeout(this.#patience);
    if (state === "connected") {
      this.#backoff.reset();
      if (this.#need === "restart") this.#need = "nothing";
      this.#set("connected");
    } else if (state === "interrupted") {
      this.#set("reconnecting");
      this.#patience = setTimeout(() => this.#demand("restart"), PATIENCE_MS);
    } else if (state === "failed") {
      this.#demand(about.isBeyondRestart ? "reopen" : "restart");
    }
  }

  #demand(need: Need): void {
    if (this.#isClosed) return;
    if (need === "reopen" || this.#session?.state !== "connected") this.#set("reconnecting");
    this.#need = stronger(this.#need, need);
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      while (this.#need !== "nothing" && this.signaling.isReady && !this.#isClosed) {
        await this.#pause(this.#notBefore - this.platform.now());
        await this.#meet(this.#need);
      }
    } finally {
      this.#isWorking = false;
    }
  }

  /** Tries once; what failed stays needed, and is not tried again before a while. */
  async #meet(need: Need): Promise<void> {
    if (need === "nothing" || !this.signaling.isReady || this.#isClosed) return;
    this.#need = "nothing";
    try {
      if (need === "restart") await this.#restart();
      else await this.#reopen();
    } catch (error) {
      const isTemporary = error instanceof SpacesError && error.isTemporary;
      const again = need === "restart" && isTemporary ? "restart" : "reopen";
      this.#need = stronger(this.#need, again);
      const retryAfterMs = error instanceof SpacesError ? error.retryAfterMs : 0;
      this.#notBefore = this.platform.now() + this.#backoff.next(retryAfterMs);
      this.#set("reconnecting");
    }
  }

  async #restart(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const reply = await this.signaling.request({ restartIce: { sdpOffer: await session.restartOffer() } });
    if (session === this.#session) await session.answer(reply.iceRestarted?.sdpAnswer ?? "");
  }

  async #reopen(): Promise<void> {
    const reply = await this.signaling.request({ openMedia: { sdpOffer: await this.offer() } });
    await this.accept(reply.mediaOpened?.sdpAnswer ?? "");
  }

  async #pause(delayMs: number): Promise<void> {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  }

  #set(state: MediaState): void {
    if (state === this.#state || this.#state === "closed") return;
    this.#state = state;
    this.visit.onState(state);
  }
}

function stronger(one: Need, other: Need): Need {
  if (one === "reopen" || other === "reopen") return "reopen";
  return one === "restart" ? one : other;
}
