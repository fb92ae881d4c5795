import type { Platform } from "./platform.ts";

/** `interrupted`: no packets get through now, the browser still tries; `failed`: it has given up. */
export type SessionState = "connecting" | "connected" | "interrupted" | "failed" | "closed";

/**
 * One RTCPeerConnection for a whole visit: a microphone line that starts without a track, and the slots. There is one
 * offer and one answer (RFC 9429); speakers come and go inside the slots, and `replaceTrack` puts the microphone in
 * place, so nothing is ever negotiated again but an ICE restart (RFC 8445 section 2.4).
 */
export class MediaSession {
  readonly #connection: RTCPeerConnection;
  readonly #microphone: RTCRtpSender;
  readonly #slots: readonly RTCRtpReceiver[];
  #state: SessionState = "connecting";

  /** `onState` is called on every change, with the session it is about. */
  constructor(
    platform: Platform,
    slotCount: number,
    private readonly onState: (session: MediaSession, state: SessionState) => void,
  ) {
    this.#connection = platform.createPeerConnection();
    this.#microphone = this.#connection.addTransceiver("audio", { direction: "sendonly" }).sender;
    this.#slots = Array.from(
      { length: slotCount },
      () => this.#connection.addTransceiver("audio", { direction: "recvonly" }).receiver,
    );
    this.#connection.oniceconnectionstatechange = () => this.#update();
    this.#connection.onconnectionstatechange = () => this.#update();
  }

  get state(): SessionState {
    return this.#state;
  }

  /** True where the transport's keys could not be agreed on: an ICE restart cannot mend that. */
  get isBeyondRestart(): boolean {
    const { connectionState, iceConnectionState } = this.#connection;
    return connectionState === "failed" && iceConnectionState !== "failed" && iceConnectionState !== "disconnected";
  }

  /** One receiver for each slot; the same for the whole life of the session. */
  get slots(): readonly RTCRtpReceiver[] {
    return this.#slots;
  }

  /**
   * The offer, to be sent at once: the server is ICE-lite, so it needs none of our candidates; it learns our address
   * from the connectivity checks (RFC 8445 section 2.5).
   */
  async offer(): Promise<string> {
    await this.#connection.setLocalDescription(await this.#connection.createOffer());
    return this.#connection.localDescription?.sdp ?? "";
  }

  async restartOffer(): Promise<string> {
    this.#connection.restartIce();
    return this.offer();
  }

  async answer(sdp: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: "answer", sdp });
  }

  /** Sends this track from now on, or nothing. */
  async setMicrophone(track: MediaStreamTrack | null): Promise<void> {
    await this.#microphone.replaceTrack(track);
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  close(): void {
    this.#connection.close();
    this.#set("closed");
  }

  #update(): void {
    const { connectionState, iceConnectionState } = this.#connection;
    if (connectionState === "closed") this.#set("closed");
    else if (connectionState === "failed" || iceConnectionState === "failed") this.#set("failed");
    else if (iceConnectionState === "disconnected") this.#set("interrupted");
    else if (connectionState === "connected") this.#set("connected");
  }

  #set(state: SessionState): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.onState(this, state);
  }
}
