/**
 * How long to wait before the next try: doubles from 0.3 s to 5 s. Half of it is chance, so that the clients of a node
 * that went away do not all come back in the same instant.
 */
export class Backoff {
  static readonly delayMinMs = 300;
  static readonly delayMaxMs = 5000;

  #tries = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** The next wait, milliseconds; never shorter than `atLeastMs`, which the server asked for. */
  next(atLeastMs = 0): number {
    const whole = Math.min(Backoff.delayMaxMs, Backoff.delayMinMs * 2 ** this.#tries);
    this.#tries = Math.min(this.#tries + 1, 16);
    return Math.max(atLeastMs, whole / 2) + (this.random() * whole) / 2;
  }

  reset(): void {
    this.#tries = 0;
  }
}
