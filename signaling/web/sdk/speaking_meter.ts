import type { MediaSession } from "./media_session.ts";
import { OwnLevel } from "./own_level.ts";
import type { Platform } from "./platform.ts";

/** Somebody who is talking now; `level` is between 0 (silent) and 1. */
export interface Speaking {
  readonly mediaId: number;
  readonly level: number;
}

/** Below this linear level a person is not talking: -50 dB, a quiet room. */
const LEVEL_MIN = 0.003;
/** How often the receivers are asked, milliseconds. */
const INTERVAL_MS = 150;
/** A slot whose packets stopped this long ago has nobody in it, milliseconds. */
const SILENCE_MS = 400;
/** Breaths and pauses between words shorter than this do not end "talking", milliseconds. */
const HOLD_MS = 500;

/** One's own voice: who one is to the others, and the open microphone. */
export interface OwnVoice {
  readonly mediaId: number;
  readonly track: MediaStreamTrack;
}

interface Slot {
  timestamp: number;
  changedAt: number;
}

/**
 * Who is talking, from what the browser knows without asking anybody: each slot packet names its speaker as its CSRC,
 * which `getContributingSources` hands out, and the statistics have the level of what was decoded. One's own level is
 * that of the microphone, since nobody is sent their own voice.
 */
export class SpeakingMeter {
  readonly #slots = new Map<RTCRtpReceiver, Slot>();
  readonly #heard = new Map<number, { level: number; at: number }>();
  readonly #ownLevel: OwnLevel;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isBusy = false;
  #wasEmpty = true;

  /** `onSpeaking` is called at each turn while anybody talks, and once when all are silent. */
  constructor(
    private readonly platform: Platform,
    /** Absent while our microphone is closed or muted. */
    private readonly ownVoice: () => OwnVoice | undefined,
    private readonly onSpeaking: (speaking: readonly Speaking[]) => void,
  ) {
    this.#ownLevel = new OwnLevel(platform);
  }

  start(session: MediaSession): void {
    this.stop();
    this.#timer = setInterval(() => void this.#measure(session), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#slots.clear();
    this.#ownLevel.close();
  }

  async #measure(session: MediaSession): Promise<void> {
    if (this.#isBusy || session.state === "closed") return;
    this.#isBusy = true;
    try {
      const levels = levelsOf(await session.getStats());
      const now = this.platform.now();
      for (const receiver of session.slots) this.#listen(receiver, levels.get(receiver.track.id), now);
      this.#listenToOneself(levels.get("microphone"), now);
      this.#report(now);
    } finally {
      this.#isBusy = false;
    }
  }

  #listen(receiver: RTCRtpReceiver, level: number | undefined, now: number): void {
    const newest = newestOf(receiver.getContributingSources());
    if (newest === undefined) return;
    const slot = this.#slots.get(receiver) ?? { timestamp: 0, changedAt: -Infinity };
    this.#slots.set(receiver, slot);
    // The browser remembers a source for 10 s; only one whose time moves on is sending.
    if (newest.timestamp !== slot.timestamp) slot.changedAt = now;
    slot.timestamp = newest.timestamp;
    if (now - slot.changedAt > SILENCE_MS) return;
    this.#hear(newest.source, receiver.getSynchronizationSources()[0]?.audioLevel ?? level ?? 0, now);
  }

  #listenToOneself(level: number | undefined, now: number): void {
    const own = this.ownVoice();
    if (own === undefined) this.#ownLevel.close();
    else this.#hear(own.mediaId, this.#ownLevel.read(own.track, level), now);
  }

  #hear(mediaId: number, level: number, now: number): void {
    if (level >= LEVEL_MIN) this.#heard.set(mediaId, { level, at: now });
  }

  #report(now: number): void {
    const speaking: Speaking[] = [];
    for (const [mediaId, { level, at }] of this.#heard) {
      const isOver = now - at > HOLD_MS;
      if (isOver) this.#heard.delete(mediaId);
      else speaking.push({ mediaId, level: at === now ? level : 0 });
    }
    if (speaking.length === 0 && this.#wasEmpty) return;
    this.#wasEmpty = speaking.length === 0;
    this.onSpeaking(speaking);
  }
}

function newestOf(sources: RTCRtpContributingSource[]): RTCRtpContributingSource | undefined {
  return sources.reduce<RTCRtpContributingSource | undefined>(
    (newest, source) => (newest === undefined || source.timestamp > newest.timestamp ? source : newest),
    undefined,
  );
}

/** Linear levels by track, and of what the microphone picks up. */
function levelsOf(report: RTCStatsReport): Map<string, number> {
  const levels = new Map<string, number>();
  report.forEach((entry: { type: string; kind?: string; trackIdentifier?: string; audioLevel?: number }) => {
    if (entry.kind !== "audio" || entry.audioLevel === undefined) return;
    if (entry.type === "media-source") levels.set("microphone", entry.audioLevel);
    else if (entry.type === "inbound-rtp") levels.set(entry.trackIdentifier ?? "", entry.audioLevel);
  });
  return levels;
}
