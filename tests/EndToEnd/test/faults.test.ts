import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium, launchFirefox, type LaunchedBrowser } from "../harness/browsers.js";
import { SpacesPage } from "../harness/spaces-page.js";
import { SpacesSystem } from "../harness/system.js";
import { pause, until } from "../harness/wait.js";

/** A tone that pauses for longer was interrupted; a block of the measuring is 43 ms, and machines are busy. */
const interruptionMs = 400;

let system: SpacesSystem;
let chromium: LaunchedBrowser;
let firefox: LaunchedBrowser;
let host: SpacesPage;
let speaker: SpacesPage;
let listener: SpacesPage;
let everybody: SpacesPage[];

before(async () => {
  system = await SpacesSystem.start();
  [chromium, firefox] = await Promise.all([launchChromium(), launchFirefox()]);
  host = await SpacesPage.open(chromium, 440, "Ada");
  speaker = await SpacesPage.open(chromium, 700, "Bela");
  listener = await SpacesPage.open(firefox, 1700, "Dora");
  everybody = [host, speaker, listener];
  const room = await host.startRoom(system.url, "Faults");
  await Promise.all([speaker, listener].map((page) => page.join(system.url, room)));
  await host.makeSpeaker(speaker);
  await host.turnMicrophoneOn();
  await speaker.turnMicrophoneOn();
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await system?.stop();
});

async function allHearEachOther(): Promise<void> {
  await Promise.all([
    host.sound.hearsExactly([speaker.tone]),
    speaker.sound.hearsExactly([host.tone]),
    listener.sound.hearsExactly([host.tone, speaker.tone]),
  ]);
}

test("the media node is killed: clients are told at once, and rejoin by themselves when it is back", async () => {
  await allHearEachOther();
  const killed = Date.now();
  await system.sfu.kill();
  for (const page of everybody) {
    await until(`${page.name} is told`, async () => (await page.states()).media === "reconnecting", 5_000);
  }
  const told = Date.now() - killed;
  assert.ok(told <= 2_000, `it took ${told} ms until all were told`);
  await system.sfu.start();
  await Promise.all(everybody.map((page) => page.isIn(30_000)));
  await allHearEachOther();
});

test("signaling is killed: audio goes on without a gap, and clients resume", async () => {
  const connections = await Promise.all(everybody.map((page) => page.sound.connections()));
  const killed = Date.now();
  await system.signaling.kill();
  for (const page of everybody) {
    await until(`${page.name} is told`, async () => (await page.states()).signaling === "reconnecting", 5_000);
  }
  await pause(3_000);
  await system.signaling.start();
  await Promise.all(everybody.map((page) => page.isIn(30_000)));
  await allHearEachOther();
  for (const [page, tone] of [
    [speaker, host.tone],
    [host, speaker.tone],
    [listener, host.tone],
    [listener, speaker.tone],
  ] as const) {
    const silence = await page.sound.longestSilence(tone, killed);
    assert.ok(silence < interruptionMs, `${page.name} did not hear ${tone} Hz for ${silence} ms`);
  }
  assert.deepEqual(await Promise.all(everybody.map((page) => page.sound.connections())), connections);
});

test("after signaling came back the host still decides", async () => {
  const pressed = await host.makeListener(speaker);
  await listener.sound.hearsExactly([host.tone]);
  assert.ok((await listener.sound.lastHeard(speaker.tone)) - pressed <= 1_000);
  await host.makeSpeaker(speaker);
  await speaker.turnMicrophoneOn();
  await allHearEachOther();
});
