import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium, type LaunchedBrowser } from "@spaces/end-to-end/harness/browsers.js";
import { SpacesSystem } from "@spaces/end-to-end/harness/system.js";
import { pause, until } from "@spaces/end-to-end/harness/wait.js";
import { browserStack } from "../peers/browser_peer.js";
import type { Peer, Stack } from "../peers/peer.js";
import { pythonStack } from "../peers/python_peer.js";

/** Hz by which a measured tone may be off: the window is a second long. */
const tolerance = 3;

let system: SpacesSystem;
let chromium: LaunchedBrowser;
let stacks: Record<string, Stack>;

before(async () => {
  system = await SpacesSystem.start();
  chromium = await launchChromium();
  stacks = {
    GStreamer: pythonStack("GStreamer", "gstreamer_peer.py"),
    aiortc: pythonStack("aiortc", "aiortc_peer.py"),
    Chromium: browserStack(chromium, system.url),
  };
});

after(async () => {
  await chromium?.close();
  await system?.stop();
});

async function publish(stack: string, room: string, tone: number): Promise<Peer> {
  const token = system.token(`${stack}-publisher`, { room, join: true, speak: true });
  return await stacks[stack]!.open({ endpoint: `${system.url}/v1/rooms/${room}/whip`, token, tone });
}

async function subscribe(stack: string, room: string): Promise<Peer> {
  const token = system.token(`${stack}-listener`, { room, join: true, listen: true });
  return await stacks[stack]!.open({ endpoint: `${system.url}/v1/rooms/${room}/whep`, token });
}

/** Waits until a listener hears exactly these tones, one in each slot that sounds, and checks that it lasts. */
async function hearsExactly(listener: Peer, expected: number[]): Promise<void> {
  let last: number[] = [];
  const matches = async (): Promise<boolean> => {
    last = (await listener.heard()).sort((left, right) => left - right);
    return (
      last.length === expected.length && last.every((tone, index) => Math.abs(tone - expected[index]!) <= tolerance)
    );
  };
  await until(`exactly ${expected.join(" and ") || "nothing"} is heard`, matches).catch((error: Error) => {
    throw new Error(`${error.message} Heard: ${last.join(", ") || "nothing"}.`);
  });
  await pause(1_500);
  assert.ok(await matches(), `no longer heard exactly ${expected.join(" and ")} but ${last.join(", ") || "nothing"}`);
}

for (const publisher of ["GStreamer", "aiortc", "Chromium"]) {
  for (const listener of ["GStreamer", "aiortc", "Chromium"]) {
    test(`what ${publisher} publishes by WHIP is what ${listener} hears by WHEP`, async () => {
      const room = await system.createRoom(`${publisher} to ${listener}`);
      const ear = await subscribe(listener, room);
      try {
        const mouth = await publish(publisher, room, 700);
        try {
          await until("both are connected", async () => (await mouth.isConnected()) && (await ear.isConnected()));
          await hearsExactly(ear, [700]);
        } finally {
          assert.equal(await mouth.end(), 200, "the publisher's DELETE");
        }
        await hearsExactly(ear, []);
      } finally {
        assert.equal(await ear.end(), 200, "the listener's DELETE");
      }
    });
  }
}

test("two foreign publishers fill two slots of every foreign listener", async () => {
  const room = await system.createRoom("Two at once");
  const peers: Peer[] = [];
  try {
    const ears = [
      await subscribe("GStreamer", room),
      await subscribe("aiortc", room),
      await subscribe("Chromium", room),
    ];
    peers.push(...ears, await publish("GStreamer", room, 440), await publish("aiortc", room, 1100));
    for (const ear of ears) {
      await hearsExactly(ear, [440, 1100]);
    }
  } finally {
    await Promise.all(peers.map((peer) => peer.end()));
  }
});
