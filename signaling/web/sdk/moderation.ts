import type * as wire from "./protocol.ts";
import type { RoomRules, SpeakPolicy } from "./room_state.ts";

/** Somebody who is kept out of the room. */
export interface Banned {
  readonly identity: string;
  readonly name: string;
}

/** What may be changed while the room is live; what is left out stays. */
export type RoomChanges = Partial<RoomRules> & { readonly title?: string; readonly topics?: readonly string[] };

const SPEAK_POLICIES: Record<SpeakPolicy, wire.SpeakPolicy> = {
  everyone: "SPEAK_POLICY_EVERYONE",
  followed: "SPEAK_POLICY_FOLLOWED_BY_HOST",
  invited: "SPEAK_POLICY_INVITED_ONLY",
};

/**
 * What host and co-hosts may do to a room and to the people in it. The server decides who may what and refuses the
 * rest with a sentence; all of it is in force on the media node when the promise resolves.
 * @throws SpacesError from every method, where the server says no.
 */
export class Moderation {
  constructor(private readonly request: (request: wire.Request) => Promise<wire.ServerMessage>) {}

  /** Lets somebody speak, or sends them back to the audience. */
  async setRole(participantId: string, role: "speaker" | "listener"): Promise<void> {
    const wireRole = role === "speaker" ? "ROLE_SPEAKER" : "ROLE_LISTENER";
    await this.request({ setRole: { participantId, role: wireRole } });
  }

  /** Asks a listener to speak, who accepts or declines. */
  async inviteToSpeak(participantId: string): Promise<void> {
    await this.request({ inviteToSpeak: { participantId } });
  }

  async withdrawInvitation(participantId: string): Promise<void> {
    await this.request({ inviteToSpeak: { participantId, withdraw: true } });
  }

  async lowerHand(participantId: string): Promise<void> {
    await this.request({ lowerHand: { participantId } });
  }

  async lowerAllHands(): Promise<void> {
    await this.request({ lowerHand: { everybody: true } });
  }

  async mute(participantId: string): Promise<void> {
    await this.request({ muteParticipant: { participantId } });
  }

  /** Mutes every speaker but host and co-hosts. */
  async muteAll(): Promise<void> {
    await this.request({ muteAll: {} });
  }

  /** Asks a muted speaker to unmute; nobody can be unmuted by another. */
  async askToUnmute(participantId: string): Promise<void> {
    await this.request({ askToUnmute: { participantId } });
  }

  /** Mutes somebody who then may not unmute, or lifts that. */
  async suppress(participantId: string, suppressed: boolean): Promise<void> {
    await this.request({ suppress: { participantId, suppressed } });
  }

  async appointCoHost(participantId: string): Promise<void> {
    await this.request({ appointCoHost: { participantId } });
  }

  async dismissCoHost(participantId: string): Promise<void> {
    await this.request({ dismissCoHost: { participantId } });
  }

  /** Makes somebody host; this person becomes a co-host. */
  async handOver(participantId: string): Promise<void> {
    await this.request({ handOver: { participantId } });
  }

  /** Puts somebody out, who may come back as a listener. */
  async remove(participantId: string): Promise<void> {
    await this.request({ removeParticipant: { participantId } });
  }

  /** Puts an account out and keeps it out. */
  async ban(participantId: string): Promise<void> {
    await this.request({ ban: { participantId } });
  }

  async unban(identity: string): Promise<void> {
    await this.request({ unban: { identity } });
  }

  /** One page of those who are kept out. */
  async listBans(pageToken = ""): Promise<{ readonly accounts: readonly Banned[]; readonly nextPageToken: string }> {
    const { bans } = await this.request({ listBans: { pageToken } });
    const accounts = (bans?.accounts ?? []).map(({ identity = "", name = "" }) => ({ identity, name }));
    return { accounts, nextPageToken: bans?.nextPageToken ?? "" };
  }

  async update({ title, topics, speakPolicy, ...rules }: RoomChanges): Promise<void> {
    const policy = { ...rules, ...(speakPolicy && { speakPolicy: SPEAK_POLICIES[speakPolicy] }) };
    await this.request({
      updateRoom: {
        ...(title !== undefined && { title }),
        ...(topics !== undefined && { topics: { topics: [...topics] } }),
        ...(Object.keys(policy).length > 0 && { policy }),
      },
    });
  }

  /** Ends the room for everybody; only the host may. */
  async endRoom(): Promise<void> {
    await this.request({ endRoom: {} });
  }
}
