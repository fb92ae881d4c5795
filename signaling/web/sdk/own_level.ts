import type { LevelProbe } from "./level_probe.ts";
import type { Platform } from "./platform.ts";

/**
 * How loud one's own microphone is: what the statistics say, and where they are silent about it (Firefox), what a probe
 * on the track hears. The probe is opened at the first need, and goes with its track.
 */
export class OwnLevel {
  #track: MediaStreamTrack | undefined;
  #probe: LevelProbe | undefined;

  constructor(private readonly platform: Platform) {}

  read(track: MediaStreamTrack, fromStatistics: number | undefined): number {
    if (fromStatistics !== undefined) return fromStatistics;
    if (track !== this.#track) this.close();
    this.#track = track;
    this.#probe ??= this.platform.openLevelProbe(track);
    return this.#probe.level();
  }

  close(): void {
    this.#probe?.close();
    this.#probe = undefined;
    this.#track = undefined;
  }
}
