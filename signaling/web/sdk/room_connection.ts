import { AudioOutput } from "./audio_output.ts";
import { Emitter } from "./emitter.ts";
import { type MicrophoneError, SpacesError } from "./errors.ts";
import { MediaLink, type MediaState } from "./media_link.ts";
import type { MediaSession } from "./media_session.ts";
import { type MicrophoneState, OwnMicrophone } from "./own_microphone.ts";
import { Moderation } from "./moderation.ts";
import type { Platform } from "./platform.ts";
import type { Join, Joined, ServerMessage } from "./protocol.ts";
import { type Gesture, shownIn, toWire } from "./reactions.ts";
import type { ConnectionState, Ended, RoomConnectionEvents } from "./room_events.ts";
import {
  applyEvent,
  handsOf,
  type Participant,
  type Post,
  type Room,
  type RoomView,
  toParticipant,
  viewOf,
  withListenerCount,
} from "./room_state.ts";
import { SignalingLink } from "./signaling_link.ts";
import { type OwnVoice, type Speaking, SpeakingMeter } from "./speaking_meter.ts";

export interface JoinOptions {
  /** How many people can be heard at once, 1-8. */
  slots?: number;
  /** Where the `<audio>` elements go; they play without being in a page, too. */
  audioContainer?: Element;
}

/** One page of everybody in the room. */
export interface ParticipantPage {
  readonly participants: readonly Participant[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

interface Surroundings {
  readonly platform: Platform;
  readonly signalUrl: string;
  readonly token: () => Promise<string>;
}

/** Says to the server which client this is, for its logs. */
const CLIENT = "spaces-web/0.1";

/**
 * One visit to a room, from `SpacesClient.join` to `leave`. It outlives sockets, media nodes and changes of network by
 * itself: a lost socket is resumed while sound goes on, a lost media session is replaced, a broken path is restarted.
 */
export class RoomConnection {
  /** What host and co-hosts may do. */
  readonly moderation: Moderation;

  readonly #events = new Emitter<RoomConnectionEvents>();
  readonly #signaling: SignalingLink;
  readonly #media: MediaLink;
  readonly #microphone: OwnMicrophone;
  readonly #output: AudioOutput;
  readonly #meter: SpeakingMeter;
  readonly #cleanUps: readonly (() => void)[];

  #view: RoomView | undefined;
  #ended: Ended | undefined;
  #wantsMuted = true;

  constructor(
    private readonly surroundings: Surroundings,
    readonly roomId: string,
    options: JoinOptions,
  ) {
    const { platform, signalUrl } = surroundings;
    this.#signaling = new SignalingLink(platform, signalUrl, {
      makeJoin: () => this.#makeJoin(),
      onJoined: (joined: Joined) => this.#media.accept(joined.sdpAnswer ?? ""),
      lastEvent: () => this.#view?.version ?? 0n,
      onMessage: (message) => this.#onMessage(message),
      onState: (state) => this.#onState(state),
      onEnded: (ended) => this.#end(ended),
    });
    this.moderation = new Moderation((request) => this.#signaling.request(request));
    this.#media = new MediaLink(platform, options.slots ?? 3, this.#signaling, {
      onState: (state) => this.#onMediaState(state),
      onSession: (session) => this.#onSession(session),
    });
    this.#microphone = new OwnMicrophone(
      platform,
      (state) => this.#events.emit("microphone", state),
      (error) => this.#onMicrophoneEnded(error),
    );
    this.#output = new AudioOutput(platform, options.audioContainer, (is) => this.#events.emit("audioBlocked", is));
    this.#meter = new SpeakingMeter(
      platform,
      () => this.#ownVoice(),
      (speaking) => this.#onSpeaking(speaking),
    );
    this.#cleanUps = [platform.onNetworkChange(() => this.#onNetworkChange()), platform.onPageHide(() => this.leave())];
  }

  /** Runs until the visit is over; called once, by `SpacesClient.join`. */
  run(): Promise<void> {
    return this.#signaling.run();
  }

  get state(): ConnectionState {
    return this.#signaling.state;
  }

  get mediaState(): MediaState {
    return this.#media.state;
  }

  get room(): Room {
    return this.#known().room;
  }

  get self(): Participant {
    return this.#known().self;
  }

  get stage(): readonly Participant[] {
    return this.#known().stage;
  }

  get posts(): readonly Post[] {
    return this.#known().posts;
  }

  /** This person's place among the raised hands, from 1; 0 while the hand is down. */
  get handPlace(): number {
    return handsOf(this.stage).findIndex((person) => person.id === this.self.id) + 1;
  }

  get microphone(): MicrophoneState {
    return this.#microphone.state;
  }

  get audioBlocked(): boolean {
    return this.#output.isBlocked;
  }

  /** What the slots carry. The connection plays them itself; process them as you like. */
  get tracks(): readonly MediaStreamTrack[] {
    return (this.#media.session?.slots ?? []).map((receiver) => receiver.track);
  }

  get ended(): Ended | undefined {
    return this.#ended;
  }

  /** Calls `listener` on every such event until the returned function is called. */
  on<Name extends keyof RoomConnectionEvents>(
    name: Name,
    listener: (payload: RoomConnectionEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Opens the microphone (here, and only here, the browser asks for it), or takes `track`, and is heard.
   * @throws MicrophoneError where it cannot be opened; SpacesError where this person may not speak.
   */
  async speak(track?: MediaStreamTrack): Promise<void> {
    this.#mustBeAllowedToSpeak();
    const opened = await this.#microphone.open(track);
    try {
      // The host may have taken the right away while the browser was asking.
      this.#mustBeAllowedToSpeak();
      await this.#media.setMicrophone(opened);
      await this.unmute();
    } catch (error) {
      await this.#closeMicrophone();
      throw error;
    }
  }

  /** Silent at once, here and on the media node, also where signaling is lost right now. */
  async mute(): Promise<void> {
    this.#microphone.setMuted(true);
    await this.#setMuted(true);
  }

  /** Is heard again; opens the microphone where it is not open. */
  async unmute(): Promise<void> {
    if (this.#microphone.track === undefined) return this.speak();
    await this.#setMuted(false);
    if (!this.#wantsMuted) this.#microphone.setMuted(false);
  }

  /** Asks to speak, or stops asking. */
  async raiseHand(raised = true): Promise<void> {
    await this.#signaling.request({ raiseHand: { raised } });
  }

  /** Accepts or declines the host's invitation to speak; the microphone stays off until `speak`. */
  async answerInvitation(accept: boolean): Promise<void> {
    await this.#signaling.request({ answerInvitation: { accept } });
  }

  /** Shows a gesture to everybody. */
  async react(gesture: Gesture): Promise<void> {
    await this.#signaling.request({ react: { reaction: toWire(gesture) } });
  }

  /** Shows a post to everybody; only those who may speak can. */
  async sharePost(post: Pick<Post, "url" | "author" | "text">): Promise<void> {
    await this.#signaling.request({ sharePost: { url: post.url, author: post.author, text: post.text } });
  }

  /** Takes a post away: one's own, or as host or co-host anybody's. */
  async takeDownPost(postId: string): Promise<void> {
    await this.#signaling.request({ takeDownPost: { postId } });
  }

  /** Everybody in the room: host and speakers first, then listeners by time of joining. `pageSize` is 1-200. */
  async listParticipants(pageToken = "", pageSize = 50): Promise<ParticipantPage> {
    const { participants } = await this.#signaling.request({ listParticipants: { pageSize, pageToken } });
    return {
      participants: (participants?.participants ?? []).map(toParticipant),
      nextPageToken: participants?.nextPageToken ?? "",
    };
  }

  /** Leaves for good. */
  leave(): void {
    this.#signaling.tell({ leave: {} });
    this.#end({ reason: "left" });
  }

  /** Plays what the browser held back; call it from a click or key press. */
  async resumeAudio(): Promise<void> {
    await this.#output.resume();
  }

  async #makeJoin(): Promise<Join> {
    const [token, sdpOffer] = await Promise.all([this.surroundings.token(), this.#media.offer()]);
    return { token, roomId: this.roomId, sdpOffer, muted: this.#wantsMuted, client: CLIENT };
  }

  #onState(state: ConnectionState): void {
    if (state === "connected") {
      this.#media.signalingReady();
      this.#sayMuted();
    }
    this.#events.emit("state", state);
  }

  #onMediaState(state: MediaState): void {
    if (state === "connected" && this.#signaling.isReady) this.#sayMuted();
    this.#events.emit("media", state);
  }

  #onMessage(message: ServerMessage): void {
    const { resumed, event, audience, mediaLost } = message;
    const entered = message.joined ?? resumed;
    if (entered?.room !== undefined) this.#setView(viewOf(entered.room, entered.self ?? {}));
    if (resumed !== undefined && resumed.mediaAlive !== true) this.#media.lost(0);
    if (mediaLost !== undefined) this.#media.lost(mediaLost.retryAfterMs ?? 0);
    if (this.#view === undefined) return;
    if (event !== undefined) this.#setView(applyEvent(this.#view, event));
    if (audience !== undefined) this.#setView(withListenerCount(this.#view, audience.listenerCount ?? 0));
    this.#tellPersonally(message);
    if (event?.roomEnded !== undefined) this.#end({ reason: "room-ended" });
  }

  /** What is no part of the room's state. */
  #tellPersonally({ reactions, askedToUnmute, turnEnding, notice }: ServerMessage): void {
    if (reactions !== undefined) this.#events.emit("reactions", shownIn(reactions));
    if (askedToUnmute !== undefined) this.#events.emit("askedToUnmute", askedToUnmute.byName ?? "");
    if (turnEnding !== undefined) this.#events.emit("turnEnding", turnEnding.endsInMs ?? 0);
    if (notice?.message !== undefined) this.#events.emit("notice", notice.message);
  }

  #setView(view: RoomView): void {
    const before = this.#view;
    this.#view = view;
    if (before === undefined || !isSameRoom(before.room, view.room)) this.#events.emit("room", view.room);
    if (before?.room.listenerCount !== view.room.listenerCount) {
      this.#events.emit("audience", view.room.listenerCount);
    }
    if (before?.stage !== view.stage) this.#events.emit("stage", view.stage);
    if (before?.posts !== view.posts) this.#events.emit("posts", view.posts);
    if (before?.self === view.self) return;
    if (view.self.role === "listener" && this.#microphone.state !== "off") void this.#closeMicrophone();
    // The host muted this person, who did not do it: the microphone is silent here too until they unmute.
    if (view.self.muted && before?.self.muted === false && this.#microphone.state === "on") this.#mutedByHost();
    if (view.self.role !== "listener" && before?.self.role === "listener") this.#sayMuted();
    this.#events.emit("self", view.self);
  }

  #mutedByHost(): void {
    this.#wantsMuted = true;
    this.#microphone.setMuted(true);
  }

  #onSession(session: MediaSession): void {
    const tracks = session.slots.map((receiver) => receiver.track);
    void this.#output.play(tracks);
    this.#meter.start(session);
    this.#events.emit("tracks", tracks);
  }

  #onSpeaking(speaking: readonly Speaking[]): void {
    const stage = this.#view?.stage ?? [];
    const talking = speaking.flatMap(({ mediaId, level }) => {
      const person = stage.find((other) => other.mediaId === mediaId);
      return person === undefined ? [] : [{ participantId: person.id, level }];
    });
    this.#events.emit("speaking", talking);
  }

  #onNetworkChange(): void {
    this.#signaling.hurry();
    this.#media.networkChanged();
  }

  #onMicrophoneEnded(error: MicrophoneError): void {
    void this.#closeMicrophone();
    this.#events.emit("microphoneError", error);
  }

  async #closeMicrophone(): Promise<void> {
    this.#microphone.close();
    await Promise.allSettled([this.#media.setMicrophone(null), this.#setMuted(true)]);
  }

  #ownVoice(): OwnVoice | undefined {
    const { state, track } = this.#microphone;
    if (state !== "on" || track === undefined || this.#view === undefined) return undefined;
    return { mediaId: this.#view.self.mediaId, track };
  }

  #known(): RoomView {
    if (this.#view === undefined) throw new SpacesError("UNAVAILABLE", "The room has not been joined yet.");
    return this.#view;
  }

  #mustBeAllowedToSpeak(): void {
    if (this.#known().self.role !== "listener") return;
    throw new SpacesError("PERMISSION_DENIED", "Only speakers can turn on their microphone. Raise your hand to ask.");
  }

  /** What could not be said for want of a connection is said when there is one again. */
  async #setMuted(muted: boolean): Promise<void> {
    this.#wantsMuted = muted;
    try {
      await this.#signaling.request({ setMuted: { muted } });
    } catch (error) {
      if (error instanceof SpacesError && error.code === "DISCONNECTED") return;
      // Where unmuting is refused one stays muted; a wish for silence is kept and said again.
      this.#wantsMuted = true;
      throw error;
    }
  }

  /** Says again what the server did not hear for want of a connection, or did not care for from a listener. */
  #sayMuted(): void {
    const { role, muted } = this.#known().self;
    if (role !== "listener" && muted !== this.#wantsMuted)
      this.#signaling.tell({ setMuted: { muted: this.#wantsMuted } });
  }

  #end(ended: Ended): void {
    if (this.#ended !== undefined) return;
    this.#ended = ended;
    for (const cleanUp of this.#cleanUps) cleanUp();
    this.#meter.stop();
    this.#microphone.close();
    this.#media.close();
    this.#output.close();
    this.#signaling.close();
    this.#events.emit("ended", ended);
  }
}

/** The same but for its counts, which are told apart. */
function isSameRoom(one: Room, other: Room): boolean {
  const withoutCounts = (room: Room) => JSON.stringify({ ...room, speakerCount: 0, listenerCount: 0 });
  return withoutCounts(one) === withoutCounts(other);
}
