import type * as wire from "./protocol.ts";

export type Role = "listener" | "speaker" | "host";

/** A person on stage, or a listener of a page of `listParticipants`. */
export interface Participant {
  readonly id: string;
  readonly identity: string;
  readonly name: string;
  readonly role: Role;
  readonly muted: boolean;
  readonly handRaised: boolean;
  /** The CSRC of every packet of theirs. */
  readonly mediaId: number;
  /** False while their connection is lost and they may still come back. */
  readonly connected: boolean;
}

export interface Room {
  readonly id: string;
  readonly title: string;
  readonly live: boolean;
  readonly hostIdentity: string;
  readonly hostName: string;
  readonly createdAt: Date | undefined;
  readonly speakerCount: number;
  readonly listenerCount: number;
}

/** What a client knows of its room: replaced whole on every change, so that two states can be compared by reference. */
export interface RoomView {
  readonly room: Room;
  readonly self: Participant;
  /** The host, the speakers and listeners with a raised hand, in the order they came there. */
  readonly stage: readonly Participant[];
  /** Number of the last event seen; uint64. */
  readonly version: bigint;
}

const ROLES: Record<wire.Role, Role> = {
  ROLE_UNSPECIFIED: "listener",
  ROLE_LISTENER: "listener",
  ROLE_SPEAKER: "speaker",
  ROLE_CO_HOST: "speaker",
  ROLE_HOST: "host",
};

export function toParticipant(from: wire.Participant): Participant {
  return {
    id: from.id ?? "",
    identity: from.identity ?? "",
    name: from.name ?? "",
    role: ROLES[from.role ?? "ROLE_UNSPECIFIED"],
    muted: from.muted ?? false,
    handRaised: from.handRaised ?? false,
    mediaId: from.mediaId ?? 0,
    connected: from.connected ?? false,
  };
}

export function toRoom(from: wire.Room): Room {
  return {
    id: from.id ?? "",
    title: from.title ?? "",
    live: from.state !== "ROOM_STATE_ENDED",
    hostIdentity: from.hostIdentity ?? "",
    hostName: from.hostName ?? "",
    createdAt: from.createdAt === undefined ? undefined : new Date(from.createdAt),
    speakerCount: from.speakerCount ?? 0,
    listenerCount: from.listenerCount ?? 0,
  };
}

export function viewOf(snapshot: wire.RoomSnapshot, self: wire.Participant): RoomView {
  const room = snapshot.room ?? {};
  const stage = (snapshot.stage ?? []).map(toParticipant);
  return { room: toRoom(room), self: toParticipant(self), stage, version: BigInt(room.version ?? "0") };
}

/** The view after one more event; the same view where the event is one that was seen already (resume repeats none). */
export function applyEvent(view: RoomView, event: wire.RoomEvent): RoomView {
  const number = BigInt(event.number ?? "0");
  if (number <= view.version) return view;
  const next = { ...view, version: number };
  if (event.participantChanged !== undefined) return withParticipant(next, toParticipant(event.participantChanged));
  if (event.participantGone !== undefined) return withoutParticipant(next, event.participantGone.participantId ?? "");
  if (event.roomChanged !== undefined) return { ...next, room: withCounts(toRoom(event.roomChanged), view.room) };
  if (event.roomEnded !== undefined) return { ...next, room: { ...view.room, live: false } };
  return next;
}

export function withListenerCount(view: RoomView, listenerCount: number): RoomView {
  return { ...view, room: { ...view.room, listenerCount } };
}

export function withSelf(view: RoomView, self: Participant): RoomView {
  const stage = view.stage.map((other) => (other.id === self.id ? self : other));
  return { ...view, self, stage };
}

/** The audience is told on its own; an event of the log carries the count as of its writing. */
function withCounts(room: Room, before: Room): Room {
  return { ...room, listenerCount: before.listenerCount };
}

function withParticipant(view: RoomView, changed: Participant): RoomView {
  const known = view.stage.some((other) => other.id === changed.id);
  const stage = known
    ? view.stage.map((other) => (other.id === changed.id ? changed : other))
    : [...view.stage, changed];
  return counted({ ...view, stage, self: changed.id === view.self.id ? changed : view.self });
}

function withoutParticipant(view: RoomView, id: string): RoomView {
  const stage = view.stage.filter((other) => other.id !== id);
  const self: Participant =
    id === view.self.id ? { ...view.self, role: "listener", handRaised: false, muted: true } : view.self;
  return counted({ ...view, stage, self });
}

function counted(view: RoomView): RoomView {
  const speakerCount = view.stage.filter((person) => person.role !== "listener").length;
  return { ...view, room: { ...view.room, speakerCount } };
}
