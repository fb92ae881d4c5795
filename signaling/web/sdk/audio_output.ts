import type { Platform } from "./platform.ts";

/**
 * Plays the slots: one `<audio>` element for each, for without a playing element a browser does not even decode. The
 * elements outlive the media session, so that permission to play, once given, is not asked for again.
 */
export class AudioOutput {
  readonly #elements: HTMLAudioElement[] = [];
  #isBlocked = false;

  constructor(
    private readonly platform: Platform,
    private readonly container: Element | undefined,
    private readonly onBlocked: (isBlocked: boolean) => void,
  ) {}

  /** True while the browser does not let sound play before the person has touched the page. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** Plays these tracks instead of those before. */
  async play(tracks: readonly MediaStreamTrack[]): Promise<void> {
    tracks.forEach((track, index) => (this.#element(index).srcObject = new MediaStream([track])));
    await this.resume();
  }

  /** To be called from a click or key press where `isBlocked`. */
  async resume(): Promise<void> {
    const results = await Promise.allSettled(this.#elements.map((element) => element.play()));
    const isBlocked = results.some((result) => result.status === "rejected" && isRefusal(result.reason));
    if (isBlocked === this.#isBlocked) return;
    this.#isBlocked = isBlocked;
    this.onBlocked(isBlocked);
  }

  close(): void {
    for (const element of this.#elements.splice(0)) {
      element.pause();
      element.srcObject = null;
      element.remove();
    }
  }

  #element(index: number): HTMLAudioElement {
    let element = this.#elements[index];
    if (element === undefined) {
      element = this.platform.createAudioElement();
      element.autoplay = true;
      element.dataset["testid"] = `slot-${index}`;
      this.container?.append(element);
      this.#elements[index] = element;
    }
    return element;
  }
}

/** Other rejections (AbortError) only say that a newer `play` took this one's place. */
function isRefusal(reason: unknown): boolean {
  return reason instanceof Error && reason.name === "NotAllowedError";
}
