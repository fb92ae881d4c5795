import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchChromium, launchFirefox, type LaunchedBrowser } from "../harness/browsers.js";
import { SpacesPage } from "../harness/spaces-page.js";
import { repository, SpacesSystem } from "../harness/system.js";
import { pause, until } from "../harness/wait.js";

/**
 * Three Chromium pages and a Firefox page in one room, each with a tone of its own. The tests are one story: each goes
 * on from where the one before it left the room.
 */
const screenshots = join(repository, "artifacts/test/screenshots");
let system: SpacesSystem;
let chromium: LaunchedBrowser;
let firefox: LaunchedBrowser;
let host: SpacesPage;
let bela: SpacesPage;
let carol: SpacesPage;
let dora: SpacesPage;
let everybody: SpacesPage[];

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  system = await SpacesSystem.start();
  [chromium, firefox] = await Promise.all([launchChromium(), launchFirefox()]);
  host = await SpacesPage.open(chromium, 440, "Ada");
  bela = await SpacesPage.open(chromium, 700, "Bela");
  carol = await SpacesPage.open(chromium, 1100, "Carol");
  dora = await SpacesPage.open(firefox, 1700, "Dora");
  everybody = [host, bela, carol, dora];
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await system?.stop();
});

/** Everybody hears exactly those of the given who are not themselves. */
async function everybodyHears(...speakers: SpacesPage[]): Promise<void> {
  await Promise.all(
    everybody.map((page) =>
      page.sound.hearsExactly(speakers.filter((speaker) => speaker !== page).map((speaker) => speaker.tone)),
    ),
  );
}

async function assertKeepsSending(page: SpacesPage): Promise<void> {
  const sent = await page.sound.packetsSent();
  await until(`${page.name}'s page sends on`, async () => (await page.sound.packetsSent()) > sent + 25, 5_000);
}

test("a host starts a room, others follow its link, and all hear the host", async () => {
  const room = await host.startRoom(system.url, "Four tones");
  await Promise.all([bela, carol, dora].map((page) => page.join(system.url, room)));
  await host.turnMicrophoneOn();
  await everybodyHears(host);
});

test("a listener is never asked for the microphone", async () => {
  for (const page of [bela, carol, dora]) {
    assert.equal(await page.sound.microphoneRequests(), 0, page.name);
  }
});

test("what a listener's page sends without the right to speak is heard by nobody", async () => {
  await carol.sound.sendRegardless();
  await assertKeepsSending(carol);
  await everybodyHears(host);
});

test("those whom the host lets speak are heard, and the listener is not", async () => {
  await dora.raiseHand();
  await host.makeSpeaker(dora);
  await host.makeSpeaker(bela);
  await dora.turnMicrophoneOn();
  await bela.turnMicrophoneOn();
  await everybodyHears(host, bela, dora);
  await assertKeepsSending(carol);
});

test("four speakers: each hears exactly the other three, and nobody themselves", async () => {
  await host.makeSpeaker(carol);
  await carol.turnMicrophoneOn();
  await everybodyHears(host, bela, carol, dora);
});

test("each page shows who is talking", async () => {
  await host.screenshot(join(screenshots, "host.png") as `${string}.png`);
  await dora.screenshot(join(screenshots, "firefox.png") as `${string}.png`);
  for (const page of everybody) {
    const names = everybody.map((person) => person.name).sort();
    await until(`${page.name} sees all talking`, async () => {
      const talking = await page.talking();
      return names.every((name) => talking.includes(name));
    }).catch(async (error: Error) => {
      throw new Error(`${error.message} Shown: ${(await page.talking()).join(", ")}`);
    });
  }
});

test("within a second of the host taking the right away nothing of theirs arrives anywhere", async () => {
  const pressed = await host.makeListener(carol);
  await everybodyHears(host, bela, dora);
  await assertKeepsSending(carol);
  await pause(2_000);
  for (const page of everybody) {
    const late = (await page.sound.lastHeard(carol.tone)) - pressed;
    assert.ok(late <= 1_000, `${page.name} heard Carol until ${late} ms after the right was taken`);
  }
});

test("100 speaker changes bring a listener no negotiation and no track", async () => {
  await host.makeListener(bela);
  await host.makeListener(dora);
  await everybodyHears(host);
  const listeners = [bela, dora];
  const before = await Promise.all(listeners.map((page) => page.sound.connections()));
  for (let change = 0; change < 100; change += 2) {
    await host.makeSpeaker(carol);
    await carol.turnMicrophoneOn();
    await Promise.all(listeners.map((page) => hasTone(page, true)));
    await host.makeListener(carol);
    await Promise.all(listeners.map((page) => hasTone(page, false)));
  }
  const after = await Promise.all(listeners.map((page) => page.sound.connections()));
  assert.deepEqual(after, before);
  assert.ok(before.every((connections) => connections.length === 1 && connections[0]!.remoteDescriptions === 1));
  assert.ok(before.every((connections) => connections[0]!.negotiationsNeeded <= 1));
});

test("no page met an error of its own", () => {
  for (const page of everybody) {
    assert.deepEqual(page.sound.errors, [], page.name);
  }
});

/** Whether Carol is heard, by a window short enough for many changes. */
async function hasTone(page: SpacesPage, expected: boolean): Promise<void> {
  await until(
    `${page.name} ${expected ? "hears" : "no longer hears"} Carol`,
    async () => (await page.sound.heard(250)).includes(carol.tone) === expected,
    10_000,
  );
}
