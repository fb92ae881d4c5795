/** What a room is and what people are told of it, in the proto3 JSON mapping; see `protocol.ts`. */

export type Role = "ROLE_UNSPECIFIED" | "ROLE_LISTENER" | "ROLE_SPEAKER" | "ROLE_CO_HOST" | "ROLE_HOST";

export type RoomState = "ROOM_STATE_UNSPECIFIED" | "ROOM_STATE_SCHEDULED" | "ROOM_STATE_LIVE" | "ROOM_STATE_ENDED";

export type SpeakPolicy =
  "SPEAK_POLICY_UNSPECIFIED" | "SPEAK_POLICY_EVERYONE" | "SPEAK_POLICY_FOLLOWED_BY_HOST" | "SPEAK_POLICY_INVITED_ONLY";

export type Visibility =
  "VISIBILITY_UNSPECIFIED" | "VISIBILITY_PUBLIC" | "VISIBILITY_FOLLOWERS" | "VISIBILITY_UNLISTED";

export type HostLeftPolicy =
  | "HOST_LEFT_POLICY_UNSPECIFIED"
  | "HOST_LEFT_POLICY_END"
  | "HOST_LEFT_POLICY_HAND_OVER"
  | "HOST_LEFT_POLICY_LISTEN_ONLY";

export interface RoomPolicy {
  speakPolicy?: SpeakPolicy;
  requestsOpen?: boolean;
  visibility?: Visibility;
  speakersMax?: number;
  peopleMax?: number;
  coHostsMax?: number;
  anonymousListening?: boolean;
  turnSeconds?: number;
  onHostLeft?: HostLeftPolicy;
  graceSeconds?: number;
  reactionsOpen?: boolean;
}

export interface Room {
  id?: string;
  title?: string;
  state?: RoomState;
  hostIdentity?: string;
  hostName?: string;
  createdAt?: string;
  endedAt?: string;
  version?: string;
  speakerCount?: number;
  listenerCount?: number;
  description?: string;
  topics?: string[];
  startsAt?: string;
  policy?: RoomPolicy;
  startedAt?: string;
  heirs?: string[];
  listenOnly?: boolean;
  reminderSet?: boolean;
  endReason?: RoomEndReason;
  coHosts?: string[];
}

export interface Participant {
  id?: string;
  identity?: string;
  name?: string;
  role?: Role;
  muted?: boolean;
  handRaised?: boolean;
  mediaId?: number;
  connected?: boolean;
  suppressed?: boolean;
  invitedToSpeak?: boolean;
  handNumber?: string;
  turnMs?: number;
}

export interface Post {
  id?: string;
  url?: string;
  author?: string;
  text?: string;
  sharedByIdentity?: string;
  sharedByName?: string;
  sharedAt?: string;
}

export type RoomEndReason =
  | "ROOM_END_REASON_UNSPECIFIED"
  | "ROOM_END_REASON_HOST"
  | "ROOM_END_REASON_ADMINISTRATOR"
  | "ROOM_END_REASON_EMPTY"
  | "ROOM_END_REASON_HOST_LEFT"
  | "ROOM_END_REASON_SUSPENDED"
  | "ROOM_END_REASON_TAKEN_DOWN"
  | "ROOM_END_REASON_CANCELLED";

export interface RoomSnapshot {
  room?: Room;
  stage?: Participant[];
  posts?: Post[];
  hostGraceLeftMs?: number;
}

export interface RoomEvent {
  number?: string;
  at?: string;
  participantChanged?: Participant;
  participantGone?: ParticipantGone;
  roomChanged?: Room;
  roomEnded?: RoomEnded;
  postShared?: Post;
  postTakenDown?: PostTakenDown;
  hostLeft?: HostLeft;
  hostReturned?: Empty;
  participantRemoved?: ParticipantRemoved;
  bansChanged?: Empty;
}

export interface ParticipantGone {
  participantId?: string;
}

export interface RoomEnded {
  reason?: RoomEndReason;
}

export interface PostTakenDown {
  postId?: string;
}

export interface HostLeft {
  graceMs?: number;
}

export interface ParticipantRemoved {
  participantId?: string;
}

export interface Audience {
  listenerCount?: number;
}

export interface MediaLost {
  reason?: MediaLostReason;
  retryAfterMs?: number;
}

export type MediaLostReason =
  | "MEDIA_LOST_REASON_UNSPECIFIED"
  | "MEDIA_LOST_REASON_NODE_LOST"
  | "MEDIA_LOST_REASON_CONSENT_EXPIRED"
  | "MEDIA_LOST_REASON_HANDSHAKE_FAILED"
  | "MEDIA_LOST_REASON_CLOSED";

export interface Goodbye {
  reason?: GoodbyeReason;
  action?: GoodbyeAction;
  retryAfterMs?: number;
  message?: string;
}

export type GoodbyeReason =
  | "GOODBYE_REASON_UNSPECIFIED"
  | "GOODBYE_REASON_LEFT"
  | "GOODBYE_REASON_REPLACED"
  | "GOODBYE_REASON_ROOM_ENDED"
  | "GOODBYE_REASON_SHUTTING_DOWN"
  | "GOODBYE_REASON_PROTOCOL_ERROR"
  | "GOODBYE_REASON_TIMEOUT"
  | "GOODBYE_REASON_TOO_SLOW"
  | "GOODBYE_REASON_REFUSED"
  | "GOODBYE_REASON_REMOVED"
  | "GOODBYE_REASON_BANNED"
  | "GOODBYE_REASON_SUSPENDED";

export type GoodbyeAction =
  "GOODBYE_ACTION_UNSPECIFIED" | "GOODBYE_ACTION_STOP" | "GOODBYE_ACTION_RESUME" | "GOODBYE_ACTION_JOIN";

export type Reaction =
  | "REACTION_UNSPECIFIED"
  | "REACTION_CLAP"
  | "REACTION_HEART"
  | "REACTION_THUMBS_UP"
  | "REACTION_THUMBS_DOWN"
  | "REACTION_WAVE"
  | "REACTION_FIST"
  | "REACTION_PEACE"
  | "REACTION_OK"
  | "REACTION_FOLDED_HANDS"
  | "REACTION_HANDS_UP"
  | "REACTION_LAUGH"
  | "REACTION_SURPRISE"
  | "REACTION_SAD"
  | "REACTION_FIRE"
  | "REACTION_HUNDRED"
  | "REACTION_PARTY";

export interface Reactions {
  counts?: ReactionCount[];
  senders?: ReactionSender[];
}

export interface ReactionCount {
  reaction?: Reaction;
  count?: number;
}

export interface ReactionSender {
  participantId?: string;
  name?: string;
  reaction?: Reaction;
}

export interface React {
  reaction?: Reaction;
}

export interface Notification {
  id?: string;
  at?: string;
  welcome?: Welcome;
  heartbeat?: Empty;
  reminder?: RoomReminder;
  invitation?: RoomInvitation;
  notice?: OperatorNotice;
}

export interface Welcome {
  heartbeatIntervalMs?: number;
}

export interface RoomReminder {
  room?: Room;
  kind?: ReminderKind;
}

export type ReminderKind =
  | "REMINDER_KIND_UNSPECIFIED"
  | "REMINDER_KIND_STARTING_SOON"
  | "REMINDER_KIND_STARTED"
  | "REMINDER_KIND_MOVED"
  | "REMINDER_KIND_CANCELLED";

export interface RoomInvitation {
  invitationId?: string;
  roomId?: string;
  roomTitle?: string;
  fromIdentity?: string;
  fromName?: string;
  text?: string;
  toSpeak?: boolean;
  sentAt?: string;
}

export interface OperatorNotice {
  noticeId?: string;
  title?: string;
  text?: string;
  capability?: string;
  stage?: string;
}

export interface AskedToUnmute {
  byIdentity?: string;
  byName?: string;
}

export interface TurnEnding {
  endsInMs?: number;
}

export interface Notice {
  kind?: NoticeKind;
  message?: string;
  participantId?: string;
}

export type NoticeKind = "NOTICE_KIND_UNSPECIFIED" | "NOTICE_KIND_BLOCKED_SPEAKER" | "NOTICE_KIND_OPERATOR";

/** A message without fields, such as `EndRoom`, `Leave` and `Done`. */
export type Empty = Record<string, never>;
