/**
 * The messages of `contracts/proto/spaces/v1` in the proto3 JSON mapping, as they travel on `/v1/signal` and
 * `/v1/notifications` with the subprotocol `spaces.v1.json`. Field comments stand in the .proto files.
 *
 * In this mapping a field that has its default value may be absent, a uint64 is a string, an enum is its name and a
 * timestamp is RFC 3339 text. A test compares every interface here with the .proto files.
 */

import type {
  AskedToUnmute,
  Audience,
  Empty,
  Goodbye,
  MediaLost,
  Notice,
  Participant,
  React,
  Reactions,
  Role,
  RoomEvent,
  RoomSnapshot,
  TurnEnding,
} from "./messages";
import type {
  AppointCoHostRequest,
  AskToUnmuteRequest,
  BanAccountRequest,
  DismissCoHostRequest,
  HandOverRequest,
  InviteToSpeakRequest,
  ListBansRequest,
  ListBansResponse,
  LowerHandRequest,
  MuteAllRequest,
  MuteParticipantRequest,
  ParticipantFilter,
  RemoveParticipantRequest,
  SetHeirsRequest,
  StartRoomRequest,
  SuppressRequest,
  TakeDownPostRequest,
  UnbanAccountRequest,
  UpdateRoomRequest,
} from "./requests";

export type * from "./messages";
export type * from "./requests";

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
  lowerHand?: LowerHandRequest;
  inviteToSpeak?: InviteToSpeakRequest;
  answerInvitation?: AnswerInvitation;
  askToUnmute?: AskToUnmuteRequest;
  muteParticipant?: MuteParticipantRequest;
  muteAll?: MuteAllRequest;
  suppress?: SuppressRequest;
  handOver?: HandOverRequest;
  setHeirs?: SetHeirsRequest;
  removeParticipant?: RemoveParticipantRequest;
  ban?: BanAccountRequest;
  unban?: UnbanAccountRequest;
  listBans?: ListBansRequest;
  updateRoom?: UpdateRoomRequest;
  sharePost?: SharePost;
  takeDownPost?: TakeDownPostRequest;
  react?: React;
  appointCoHost?: AppointCoHostRequest;
  dismissCoHost?: DismissCoHostRequest;
  startRoom?: StartRoomRequest;
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
  reactions?: Reactions;
  askedToUnmute?: AskedToUnmute;
  turnEnding?: TurnEnding;
  bans?: ListBansResponse;
  notice?: Notice;
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
  handPlace?: number;
  missedEvents?: number;
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

export interface AnswerInvitation {
  accept?: boolean;
}

export interface SharePost {
  url?: string;
  author?: string;
  text?: string;
}

export interface ListParticipants {
  pageSize?: number;
  pageToken?: string;
  filter?: ParticipantFilter;
  namePrefix?: string;
}

export interface Participants {
  participants?: Participant[];
  nextPageToken?: string;
}

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

/** What may follow `request_id` in a `ClientMessage`: exactly one of its requests. */
export type Request = Omit<ClientMessage, "requestId">;
