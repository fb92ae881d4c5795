/**
 * The messages of RoomService and StageService in the proto3 JSON mapping; some are requests of a live connection too.
 * As in `protocol.ts`, a test compares every interface here with the .proto files.
 */

import type { Audience, Participant, Role, Room, RoomEvent, RoomPolicy, RoomSnapshot, RoomState } from "./messages";

export interface CreateRoomRequest {
  title?: string;
  description?: string;
  topics?: string[];
  startsAt?: string;
  policy?: RoomPolicy;
  heirs?: string[];
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
  state?: RoomState;
  topic?: string;
  followedOnly?: boolean;
  query?: string;
}

export interface ListRoomsResponse {
  rooms?: Room[];
  nextPageToken?: string;
}

export interface UpdateRoomRequest {
  roomId?: string;
  title?: string;
  description?: string;
  topics?: TopicList;
  startsAt?: string;
  policy?: RoomPolicy;
}

export interface TopicList {
  topics?: string[];
}

export interface UpdateRoomResponse {
  room?: Room;
}

export interface StartRoomRequest {
  roomId?: string;
}

export interface StartRoomResponse {
  room?: Room;
}

export interface EndRoomRequest {
  roomId?: string;
}

export interface EndRoomResponse {
  room?: Room;
}

export interface WatchRoomRequest {
  roomId?: string;
  afterEvent?: string;
}

export interface WatchRoomResponse {
  snapshot?: RoomSnapshot;
  event?: RoomEvent;
  audience?: Audience;
}

export interface SetReminderRequest {
  roomId?: string;
}

export interface SetReminderResponse {
  room?: Room;
}

export interface ClearReminderRequest {
  roomId?: string;
}

export interface ListRemindersResponse {
  rooms?: Room[];
}

export type ParticipantFilter =
  | "PARTICIPANT_FILTER_UNSPECIFIED"
  | "PARTICIPANT_FILTER_HANDS"
  | "PARTICIPANT_FILTER_SPEAKERS"
  | "PARTICIPANT_FILTER_LISTENERS";

export interface ListParticipantsRequest {
  roomId?: string;
  pageSize?: number;
  pageToken?: string;
  filter?: ParticipantFilter;
  namePrefix?: string;
}

export interface ListParticipantsResponse {
  participants?: Participant[];
  nextPageToken?: string;
}

export interface SetRoleRequest {
  roomId?: string;
  participantId?: string;
  identity?: string;
  role?: Role;
}

export interface LowerHandRequest {
  roomId?: string;
  participantId?: string;
  identity?: string;
  everybody?: boolean;
}

export interface InviteToSpeakRequest {
  roomId?: string;
  participantId?: string;
  identity?: string;
  withdraw?: boolean;
}

export interface AskToUnmuteRequest {
  roomId?: string;
  participantId?: string;
  identity?: string;
}

export interface MuteParticipantRequest {
  roomId?: string;
  participantId?: string;
  identity?: string;
}

export interface MuteAllRequest {
  roomId?: string;
}

export interface SuppressRequest {
  roomId?: string;
  participantId?: string;
  identity?: string;
  suppressed?: boolean;
}

export interface AppointCoHostRequest {
  roomId?: string;
  participantId?: string;
  identity?: string;
}

export interface DismissCoHostRequest {
  roomId?: string;
  participantId?: string;
  identity?: string;
}

export interface HandOverRequest {
  roomId?: string;
  participantId?: string;
  identity?: string;
}

export interface SetHeirsRequest {
  roomId?: string;
  identities?: string[];
}

export interface RemoveParticipantRequest {
  roomId?: string;
  participantId?: string;
  identity?: string;
}

export interface BanAccountRequest {
  roomId?: string;
  participantId?: string;
  identity?: string;
  name?: string;
}

export interface UnbanAccountRequest {
  roomId?: string;
  identity?: string;
}

export interface ListBansRequest {
  roomId?: string;
  pageSize?: number;
  pageToken?: string;
}

export interface ListBansResponse {
  accounts?: BannedAccount[];
  nextPageToken?: string;
}

export interface BannedAccount {
  identity?: string;
  name?: string;
}

export interface TakeDownPostRequest {
  roomId?: string;
  postId?: string;
}
