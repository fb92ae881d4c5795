import type { LaunchedBrowser } from "./browsers.js";
import { type Tone, TonePage } from "./tone-page.js";
import { until } from "./wait.js";

/** A person at the real web page, who clicks what people click. */
export class SpacesPage {
  private constructor(
    readonly sound: TonePage,
    readonly name: string,
  ) {}

  static async open(browser: LaunchedBrowser, tone: Tone, name: string): Promise<SpacesPage> {
    return new SpacesPage(await TonePage.open(browser, tone, `${name} (${browser.name})`), name);
  }

  get tone(): Tone {
    return this.sound.tone;
  }

  /** Starts a room from the front page and answers its id. */
  async startRoom(url: string, title: string): Promise<string> {
    await this.sound.page.goto(url);
    await this.type("name-input", this.name);
    await this.type("start-title", title);
    await this.click(testId("start-space"));
    await this.isIn();
    return /\/r\/([A-Za-z0-9_-]+)/.exec(this.sound.page.url())![1]!;
  }

  /** Opens a room's link and goes in. */
  async join(url: string, room: string): Promise<void> {
    await this.sound.page.goto(`${url}/r/${room}`);
    await this.type("name-input", this.name);
    await this.click(testId("join"));
    await this.isIn();
  }

  /** Waits until signaling and media both work. */
  async isIn(milliseconds = 20_000): Promise<void> {
    await until(
      `${this.name} is in the room`,
      async () => (await this.attribute("connection-state", "data-whole")) === "true",
      milliseconds,
    ).catch(async (error: Error) => {
      throw new Error(`${error.message} The page says: ${await this.text()}`);
    });
  }

  /** The states of the two connections as the page shows them. */
  async states(): Promise<{ signaling: string | null; media: string | null }> {
    return {
      signaling: await this.attribute("connection-state", "data-state"),
      media: await this.attribute("connection-state", "data-media"),
    };
  }

  async turnMicrophoneOn(): Promise<void> {
    await until(
      `${this.name}'s microphone is on`,
      async () => {
        const state = await this.attribute("mic", "data-state");
        if (state === "off" || state === "muted") {
          await this.click(testId("mic"));
        }
        return state === "on";
      },
      10_000,
    );
  }

  async mute(): Promise<void> {
    await this.click(`${testId("mic")}[data-state="on"]`);
    await until(`${this.name} is muted`, async () => (await this.attribute("mic", "data-state")) === "muted");
  }

  async raiseHand(): Promise<void> {
    await this.click(testId("raise-hand"));
    await until(`${this.name}'s hand is up`, () => this.exists(`${testId("raise-hand")}[aria-pressed="true"]`));
  }

  /** Gives the right to speak, from the list of hands or of listeners. */
  async makeSpeaker(other: SpacesPage): Promise<void> {
    const button = `[data-name="${other.name}"] [data-testid^="make-speaker-"]`;
    await until(`${this.name} can let ${other.name} speak`, async () => {
      const open = `${testId("show-listeners")}[aria-expanded="false"]`;
      if (!(await this.exists(button)) && (await this.exists(open))) {
        await this.click(open);
      }
      return await this.exists(button);
    });
    await this.click(button);
    await until(`${other.name} is a speaker`, async () => (await other.attribute("mic", "data-state")) !== "listener");
  }

  /** Takes the right to speak away; answers when the button was pressed, ms since 1970. */
  async makeListener(other: SpacesPage): Promise<number> {
    const menu = `[data-name="${other.name}"] [data-testid^="manage-"]`;
    await until(`${this.name} sees ${other.name} on stage`, () => this.exists(menu));
    await this.click(menu);
    const button = `[data-name="${other.name}"] [data-testid^="make-listener-"]`;
    const pressed = Date.now();
    await this.click(button);
    return pressed;
  }

  /** Names on stage whom the page shows as talking. */
  talking(): Promise<string[]> {
    return this.sound.page.$$eval('[data-testid="stage"] [data-talking="true"]', (people) =>
      people.map((person) => person.getAttribute("data-name") ?? ""),
    );
  }

  async screenshot(path: `${string}.png`): Promise<void> {
    await this.sound.page.screenshot({ path });
  }

  attribute(id: string, name: string): Promise<string | null> {
    return this.sound.page.evaluate(
      (selector, attribute) => document.querySelector(selector)?.getAttribute(attribute) ?? null,
      testId(id),
      name,
    );
  }

  async exists(selector: string): Promise<boolean> {
    return (await this.sound.page.$(selector)) !== null;
  }

  text(): Promise<string> {
    return this.sound.page.evaluate(() => document.body.innerText.replace(/\s+/g, " ").slice(0, 500));
  }

  /** Presses a button by script: a list that is drawn anew in the same moment moves it from under a mouse. */
  private async click(selector: string): Promise<void> {
    await until(`${this.name} presses ${selector}`, () =>
      this.sound.page.evaluate((wanted) => {
        const button = document.querySelector<HTMLButtonElement>(wanted);
        button?.click();
        return button !== null && !button.disabled;
      }, selector),
    );
  }

  private async type(id: string, text: string): Promise<void> {
    const field = await this.sound.page.waitForSelector(testId(id), { timeout: 15_000 });
    await field!.click({ count: 3 });
    await field!.type(text);
  }
}

function testId(id: string): string {
  return `[data-testid="${id}"]`;
}
