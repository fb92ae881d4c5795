import type { MicrophoneError, SpacesError } from "./errors.ts";
import type { MediaState } from "./media_link.ts";
import type { MicrophoneState } from "./own_microphone.ts";
import type { Participant, Room } from "./room_state.ts";

export type ConnectionState = "connecting" | "connected" | "reconnecting" | "ended";

export type EndReason =
  /** `leave` was called, or the page went away. */
  | "left"
  | "room-ended"
  /** The same account joined from elsewhere. */
  | "replaced"
  /** The server will not have us; the error says why. */
  | "refused";

export interface Ended {
  readonly reason: EndReason;
  readonly error?: SpacesError;
}

/** Somebody who is talking right now. */
export interface Talking {
  readonly participantId: string;
  /** 0-1, linear; 0 in the short pauses of speech. */
  readonly level: number;
}

/** What a `RoomConnection` tells, by name. */
export interface RoomConnectionEvents {
  /** Signaling. While `reconnecting`, sound goes on and what the room does meanwhile is told afterwards. */
  state: ConnectionState;
  /** Sound. Independent of `state`. */
  media: MediaState;
  /** The title changed, or the room ended. */
  room: Room;
  /** This person: role, raised hand. */
  self: Participant;
  /** The host, the speakers, listeners with a raised hand; in the order they came there. */
  stage: readonly Participant[];
  /** How many people only listen. */
  audience: number;
  /** Several times a second while anybody talks, and once when all are silent. */
  speaking: readonly Talking[];
  /** What the slots carry, one track each; told once a media session, not once a speaker. */
  tracks: readonly MediaStreamTrack[];
  microphone: MicrophoneState;
  /** The microphone stopped by itself. */
  microphoneError: MicrophoneError;
  /** The browser keeps sound off until `resumeAudio` is called from a click or key press. */
  audioBlocked: boolean;
  /** The visit is over. Nothing follows. */
  ended: Ended;
}
