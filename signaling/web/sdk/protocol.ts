/**
 * The messages of `contracts/proto/spaces/v1/{room,signaling}.proto` in the proto3 JSON mapping, as they travel on
 * `/v1/signal` with the subprotocol `spaces.v1.json`. Field comments stand in the .proto files.
 *
 * In this mapping a field that has its default value may be absent, a uint64 is a string, an enum is its name and a
 * timestamp is RFC 3339 text. A test compares every interface here with the .proto files.
 */

export type Role = "ROLE_UNSPECIFIED" | "ROLE_LISTENER" | "ROLE_SPEAKER" | "ROLE_HOST";

export type RoomState = "ROOM_STATE_UNSPECIFIED" | "ROOM_STATE_LIVE" | "ROOM_STATE_ENDED";

export type RoomEndReason =
  "ROOM_END_REASON_UNSPECIFIED" | "ROOM_END_REASON_HOST" | "ROOM_END_REASON_ADMINISTRATOR" | "ROOM_END_REASON_EMPTY";

export type MediaLostReason =
  | "MEDIA_LOST_REASON_UNSPECIFIED"
  | "MEDIA_LOST_REASON_NODE_LOST"
  | "MEDIA_LOST_REASON_CONSENT_EXPIRED"
  | "MEDIA_LOST_REASON_HANDSHAKE_FAILED"
  | "MEDIA_LOST_REASON_CLOSED";

export type GoodbyeReason =
  | "GOODBYE_REASON_UNSPECIFIED"
  | "GOODBYE_REASON_LEFT"
  | "GOODBYE_REASON_REPLACED"
  | "GOODBYE_REASON_ROOM_ENDED"
  | "GOODBYE_REASON_SHUTTING_DOWN"
  | "GOODBYE_REASON_PROTOCOL_ERROR"
  | "GOODBYE_REASON_TIMEOUT"
  | "GOODBYE_REASON_TOO_SLOW"
  | "GOODBYE_REASON_REFUSED";

export type GoodbyeAction =
  "GOODBYE_ACTION_UNSPECIFIED" | "GOODBYE_ACTION_STOP" | "GOODBYE_ACTION_RESUME" | "GOODBYE_ACTION_JOIN";

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
}

export interface Join {
  token?: string;
  roomId?: string;
  sdpOffer?: string;
  muted?: boolean;
  client?: string;
}

export interface Joined {
  room?: RoomSnapshot;
  self?: Participant;
  sdpAnswer?: string;
  resumeToken?: string;
  pingIntervalMs?: number;
}

export interface Resume {
  resumeToken?: string;
  lastEvent?: string;
}

export interface Resumed {
  room?: RoomSnapshot;
  self?: Participant;
  resumeToken?: string;
  mediaAlive?: boolean;
  pingIntervalMs?: number;
}

export interface OpenMedia {
  sdpOffer?: string;
}

export interface MediaOpened {
  sdpAnswer?: string;
}

export interface RestartIce {
  sdpOffer?: string;
}

export interface IceRestarted {
  sdpAnswer?: string;
}

export interface SetMuted {
  muted?: boolean;
}

export interface RaiseHand {
  raised?: boolean;
}

export interface SetRole {
  participantId?: string;
  role?: Role;
}

export interface ListParticipants {
  pageSize?: number;
  pageToken?: string;
}

export interface Participants {
  participants?: Participant[];
  nextPageToken?: string;
}

/** A message without fields: `EndRoom`, `Leave`, `Done`. */
export type Empty = Record<string, never>;

export interface Ping {
  nonce?: string;
}

export interface Pong {
  nonce?: string;
}

export interface Refused {
  code?: string;
  message?: string;
  retryAfterMs?: number;
}

export interface RoomSnapshot {
  room?: Room;
  stage?: Participant[];
}

export interface RoomEvent {
  number?: string;
  at?: string;
  participantChanged?: Participant;
  participantGone?: ParticipantGone;
  roomChanged?: Room;
  roomEnded?: RoomEnded;
}

export interface ParticipantGone {
  participantId?: string;
}

export interface RoomEnded {
  reason?: RoomEndReason;
}

export interface Audience {
  listenerCount?: number;
}

export interface MediaLost {
  reason?: MediaLostReason;
  retryAfterMs?: number;
}

export interface Goodbye {
  reason?: GoodbyeReason;
  action?: GoodbyeAction;
  retryAfterMs?: number;
  message?: string;
}

export interface ClientMessage {
  requestId?: string;
  join?: Join;
  resume?: Resume;
  openMedia?: OpenMedia;
  restartIce?: RestartIce;
  setMuted?: SetMuted;
  raiseHand?: RaiseHand;
  setRole?: SetRole;
  listParticipants?: ListParticipants;
  endRoom?: Empty;
  leave?: Empty;
  ping?: Ping;
}

export interface ServerMessage {
  replyTo?: string;
  joined?: Joined;
  resumed?: Resumed;
  mediaOpened?: MediaOpened;
  iceRestarted?: IceRestarted;
  done?: Empty;
  participants?: Participants;
  pong?: Pong;
  refused?: Refused;
  event?: RoomEvent;
  audience?: Audience;
  mediaLost?: MediaLost;
  goodbye?: Goodbye;
}

/** What may follow `request_id` in a `ClientMessage`: exactly one of its requests. */
export type Request = Omit<ClientMessage, "requestId">;

export interface CreateRoomRequest {
  title?: string;
}

export interface CreateRoomResponse {
  room?: Room;
}

export interface GetRoomRequest {
  roomId?: string;
}

export interface GetRoomResponse {
  room?: Room;
}

export interface ListRoomsRequest {
  pageSize?: number;
  pageToken?: string;
}

export interface ListRoomsResponse {
  rooms?: Room[];
  nextPageToken?: string;
}

export interface UpdateRoomRequest {
  roomId?: string;
  title?: string;
}

export interface UpdateRoomResponse {
  room?: Room;
}

export interface EndRoomRequest {
  roomId?: string;
}

export interface EndRoomResponse {
  room?: Room;
}
