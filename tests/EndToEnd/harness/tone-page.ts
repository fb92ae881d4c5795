import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import type { LaunchedBrowser } from "./browsers.js";
import { type ConnectionRecord, installProbe } from "./probe.js";
import { pause, until } from "./wait.js";

/** The tones of the tests, Hz: no one is a harmonic of another, and a 2048-sample window tells them apart. */
export const tones = [440, 700, 1100, 1700] as const;
export type Tone = (typeof tones)[number];

/** An amplitude that silence and comfort noise never reach; the microphones give 0.3. */
const threshold = 0.04;
const windowMs = 1_000;

/** A browser page whose microphone gives one known tone, and which can tell the tones it hears. */
export class TonePage {
  readonly errors: string[] = [];

  private constructor(
    readonly page: Page,
    readonly tone: Tone,
    readonly name: string,
  ) {}

  static async open(launched: LaunchedBrowser, tone: Tone, name: string): Promise<TonePage> {
    // A context of its own: another person's storage, as in another browser.
    const context = await launched.browser.createBrowserContext();
    const page = await context.newPage();
    await page.evaluateOnNewDocument(installProbe, { microphone: tone, tones: [...tones], threshold });
    const tonePage = new TonePage(page, tone, name);
    page.on("pageerror", (error) => tonePage.errors.push(error instanceof Error ? error.message : String(error)));
    return tonePage;
  }

  /** The tones heard over the window that ends now. Fails when the page did not listen at all. */
  async heard(milliseconds = windowMs): Promise<Tone[]> {
    const levels = await this.page.evaluate(
      (length) => window.probe.levels(Date.now() - length, Date.now()),
      milliseconds,
    );
    assert.ok(levels.blocks > 0, `${this.name} has not listened during the last ${milliseconds} ms`);
    return tones.filter((_, index) => levels.amplitudes[index]! >= threshold);
  }

  /** Waits until exactly these tones are heard, and checks that it stays so for a window. */
  async hearsExactly(expected: readonly Tone[], milliseconds = 15_000): Promise<void> {
    const sorted = [...expected].sort((left, right) => left - right);
    let last: Tone[] = [];
    await until(
      `${this.name} hears ${format(sorted)}`,
      async () => {
        last = await this.heard();
        return same(last, sorted);
      },
      milliseconds,
    ).catch((error: Error) => {
      throw new Error(`${error.message} ${this.name} heard ${format(last)}.`);
    });
    await pause(windowMs);
    const after = await this.heard();
    assert.deepEqual(after, sorted, `${this.name} no longer hears exactly ${format(sorted)}`);
  }

  lastHeard(tone: Tone): Promise<number> {
    return this.page.evaluate((frequency) => window.probe.lastHeard(frequency), tone);
  }

  /** The longest pause of a tone since `from` (ms since 1970), in ms. */
  longestSilence(tone: Tone, from: number): Promise<number> {
    return this.page.evaluate(
      (frequency, start) => window.probe.longestSilence(frequency, start, Date.now()),
      tone,
      from,
    );
  }

  connections(): Promise<ConnectionRecord[]> {
    return this.page.evaluate(() => window.probe.connections());
  }

  microphoneRequests(): Promise<number> {
    return this.page.evaluate(() => window.probe.microphoneRequests);
  }

  sendRegardless(): Promise<void> {
    return this.page.evaluate(() => window.probe.sendRegardless());
  }

  packetsSent(): Promise<number> {
    return this.page.evaluate(() => window.probe.packetsSent());
  }

  async close(): Promise<void> {
    await this.page.browserContext().close();
  }
}

function same(left: readonly Tone[], right: readonly Tone[]): boolean {
  return left.length === right.length && left.every((tone, index) => tone === right[index]);
}

function format(list: readonly Tone[]): string {
  return list.length === 0 ? "nothing" : list.map((tone) => `${tone} Hz`).join(", ");
}
