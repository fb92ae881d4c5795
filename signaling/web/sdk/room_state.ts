import type * as wire from "./protocol.ts";

export type Role = "listener" | "speaker" | "co-host" | "host";

/** Who may come up from the audience: everybody who asks, those whom the host follows, or nobody unasked. */
export type SpeakPolicy = "everyone" | "followed" | "invited";

/** A person on stage, or a listener of a page of `listParticipants`. */
export interface Participant {
  readonly id: string;
  readonly identity: string;
  readonly name: string;
  readonly role: Role;
  readonly muted: boolean;
  readonly handRaised: boolean;
  /** Orders the raised hands, lowest first; 0 while the hand is down. */
  readonly handNumber: number;
  /** Asked to speak by the host, and has not answered yet. */
  readonly invitedToSpeak: boolean;
  /** Muted by the host, and may not unmute. */
  readonly suppressed: boolean;
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
  readonly description: string;
  readonly topics: readonly string[];
  readonly rules: RoomRules;
}

/** What the host has set, and may change at any time. */
export interface RoomRules {
  readonly speakPolicy: SpeakPolicy;
  /** False: nobody may raise a hand. */
  readonly requestsOpen: boolean;
  readonly reactionsOpen: boolean;
  /** After so many seconds a speaker goes back to the audience; 0: never. */
  readonly turnSeconds: number;
}

/** A post that somebody shared with the room. */
export interface Post {
  readonly id: string;
  readonly url: string;
  readonly author: string;
  readonly text: string;
  readonly sharedByIdentity: string;
  readonly sharedByName: string;
}

/** What a client knows of its room: replaced whole on every change, so that two states can be compared by reference. */
export interface RoomView {
  readonly room: Room;
  readonly self: Participant;
  /** Host, co-hosts, speakers, and listeners with a raised hand or an invitation, in the order they came there. */
  readonly stage: readonly Participant[];
  /** What is shared now, oldest first. */
  readonly posts: readonly Post[];
  /** Number of the last event seen; uint64. */
  readonly version: bigint;
}

const ROLES: Record<wire.Role, Role> = {
  ROLE_UNSPECIFIED: "listener",
  ROLE_LISTENER: "listener",
  ROLE_SPEAKER: "speaker",
  ROLE_CO_HOST: "co-host",
  ROLE_HOST: "host",
};

const SPEAK_POLICIES: Record<wire.SpeakPolicy, SpeakPolicy> = {
  SPEAK_POLICY_UNSPECIFIED: "invited",
  SPEAK_POLICY_EVERYONE: "everyone",
  SPEAK_POLICY_FOLLOWED_BY_HOST: "followed",
  SPEAK_POLICY_INVITED_ONLY: "invited",
};

/** Whether this person decides who speaks. */
export function isModerator({ role }: Pick<Participant, "role">): boolean {
  return role === "host" || role === "co-host";
}

/** The raised hands, first come first. */
export function handsOf(stage: readonly Participant[]): readonly Participant[] {
  return stage
    .filter((person) => person.role === "listener" && person.handRaised)
    .toSorted((one, other) => one.handNumber - other.handNumber);
}

export function toParticipant(from: wire.Participant): Participant {
  return {
    id: from.id ?? "",
    identity: from.identity ?? "",
    name: from.name ?? "",
    role: ROLES[from.role ?? "ROLE_UNSPECIFIED"],
    muted: from.muted ?? false,
    handRaised: from.handRaised ?? false,
    handNumber: Number(from.handNumber ?? "0"),
    invitedToSpeak: from.invitedToSpeak ?? false,
    suppressed: from.suppressed ?? false,
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
    description: from.description ?? "",
    topics: from.topics ?? [],
    rules: toRules(from.policy ?? {}),
  };
}

function toRules(from: wire.RoomPolicy): RoomRules {
  return {
    speakPolicy: SPEAK_POLICIES[from.speakPolicy ?? "SPEAK_POLICY_UNSPECIFIED"],
    requestsOpen: from.requestsOpen ?? true,
    reactionsOpen: from.reactionsOpen ?? true,
    turnSeconds: from.turnSeconds ?? 0,
  };
}

function toPost(from: wire.Post): Post {
  return {
    id: from.id ?? "",
    url: from.url ?? "",
    author: from.author ?? "",
    text: from.text ?? "",
    sharedByIdentity: from.sharedByIdentity ?? "",
    sharedByName: from.sharedByName ?? "",
  };
}

export function viewOf(snapshot: wire.RoomSnapshot, self: wire.Participant): RoomView {
  const room = snapshot.room ?? {};
  const stage = (snapshot.stage ?? []).map(toParticipant);
  const posts = (snapshot.posts ?? []).map(toPost);
  return { room: toRoom(room), self: toParticipant(self), stage, posts, version: BigInt(room.version ?? "0") };
}

/** The view after one more event; the same view where the event is one that was seen already (resume repeats none). */
export function applyEvent(view: RoomView, event: wire.RoomEvent): RoomView {
  const number = BigInt(event.number ?? "0");
  if (number <= view.version) return view;
  const next = { ...view, version: number };
  if (event.participantChanged !== undefined) return withParticipant(next, toParticipant(event.participantChanged));
  if (event.participantGone !== undefined) return withoutParticipant(next, event.participantGone.participantId ?? "");
  if (event.roomChanged !== undefined) return { ...next, room: withCounts(toRoom(event.roomChanged), view.room) };
  if (event.postShared !== undefined) return withPost(next, toPost(event.postShared));
  if (event.postTakenDown !== undefined) return withoutPost(next, event.postTakenDown.postId ?? "");
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

/** The room keeps so many posts; a new one takes the place of the oldest. */
const POSTS_MAX = 20;

function withPost(view: RoomView, post: Post): RoomView {
  return { ...view, posts: [...view.posts.filter((other) => other.id !== post.id), post].slice(-POSTS_MAX) };
}

function withoutPost(view: RoomView, id: string): RoomView {
  return { ...view, posts: view.posts.filter((post) => post.id !== id) };
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

const IN_THE_AUDIENCE = {
  role: "listener",
  handRaised: false,
  handNumber: 0,
  invitedToSpeak: false,
  suppressed: false,
  muted: true,
} satisfies Partial<Participant>;

function withoutParticipant(view: RoomView, id: string): RoomView {
  const stage = view.stage.filter((other) => other.id !== id);
  const self: Participant = id === view.self.id ? { ...view.self, ...IN_THE_AUDIENCE } : view.self;
  return counted({ ...view, stage, self });
}

function counted(view: RoomView): RoomView {
  const speakerCount = view.stage.filter((person) => person.role !== "listener").length;
  return { ...view, room: { ...view.room, speakerCount } };
}
