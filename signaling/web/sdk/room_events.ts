import type { MicrophoneError, SpacesError } from "./errors.ts";
import type { MediaState } from "./media_link.ts";
import type { MicrophoneState } from "./own_microphone.ts";
import type { Shown } from "./reactions.ts";
import type { Participant, Post, Room } from "./room_state.ts";

export type ConnectionState = "connecting" | "connected" | "reconnecting" | "ended";

export type EndReason =
  /** `leave` was called, or the page went away. */
  | "left"
  | "room-ended"
  /** The same account joined from elsewhere. */
  | "replaced"
  /** The host put this person out; they may come back as a listener. */
  | "removed"
  /** The host put this account out for good. */
  | "banned"
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
  /** Title, topics or rules changed, or the room ended. */
  room: Room;
  /** This person: role, raised hand, invitation to speak. */
  self: Participant;
  /** Host, co-hosts, speakers, listeners with a raised hand or an invitation; in the order they came there. */
  stage: readonly Participant[];
  /** What people have shared with the room, oldest first. */
  posts: readonly Post[];
  /** Gestures that people showed since the last of these; at most four a second. */
  reactions: readonly Shown[];
  /** Somebody who decides who speaks asks this person to unmute; their name. Nothing is forced. */
  askedToUnmute: string;
  /** This person's turn to speak is over in so many milliseconds. */
  turnEnding: number;
  /** Something for this person to read. */
  notice: string;
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
