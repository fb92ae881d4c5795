import { MicrophoneError } from "./errors.ts";
import type { Platform } from "./platform.ts";

/** `off`: not asked for, or given back; `muted`: open but silent; `on`: what it hears is sent. */
export type MicrophoneState = "off" | "muted" | "on";

/** For speech. Where the sound itself matters (music), pass `speak` a track of one's own. */
const SPEECH: MediaTrackConstraints = {
  channelCount: 1,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** This person's microphone: closed until they speak for the first time, and given back when they may not any more. */
export class OwnMicrophone {
  #track: MediaStreamTrack | undefined;
  #isOurs = false;
  #state: MicrophoneState = "off";

  constructor(
    private readonly platform: Platform,
    private readonly onState: (state: MicrophoneState) => void,
    /** The track stopped by itself. */
    private readonly onEnded: (error: MicrophoneError) => void,
  ) {}

  get state(): MicrophoneState {
    return this.#state;
  }

  get track(): MediaStreamTrack | undefined {
    return this.#track;
  }

  /**
   * Opens the microphone, or takes `track` in its place; still silent.
   * @throws MicrophoneError
   */
  async open(track?: MediaStreamTrack): Promise<MediaStreamTrack> {
    const opened = track ?? (await this.platform.openMicrophone(SPEECH));
    this.close();
    opened.enabled = false;
    opened.onended = () => {
      if (this.#track !== opened) return;
      this.close();
      this.onEnded(new MicrophoneError("ended"));
    };
    this.#track = opened;
    this.#isOurs = track === undefined;
    this.#set("muted");
    return opened;
  }

  /** At once, whatever the network does. */
  setMuted(muted: boolean): void {
    if (this.#track === undefined) return;
    this.#track.enabled = !muted;
    this.#set(muted ? "muted" : "on");
  }

  /** Gives it back, so that the browser's sign of it goes out. A caller's own track is theirs to stop. */
  close(): void {
    const track = this.#track;
    if (track === undefined) return;
    this.#track = undefined;
    track.onended = null;
    if (this.#isOurs) track.stop();
    this.#set("off");
  }

  #set(state: MicrophoneState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.onState(state);
  }
}
