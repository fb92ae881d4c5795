import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium, type LaunchedBrowser } from "../harness/browsers.js";
import { audioOffer, videoLines } from "../harness/offers.js";
import { SignalSocket } from "../harness/signal-socket.js";
import { SpacesPage } from "../harness/spaces-page.js";
import { SpacesSystem, type TokenOptions } from "../harness/system.js";
import { TonePage } from "../harness/tone-page.js";
import { until } from "../harness/wait.js";

/** While two people talk to each other, others do what is not allowed. */
let system: SpacesSystem;
let chromium: LaunchedBrowser;
let host: SpacesPage;
let listener: SpacesPage;
let room: string;
let began: number;

before(async () => {
  system = await SpacesSystem.start();
  chromium = await launchChromium();
  host = await SpacesPage.open(chromium, 440, "Ada");
  listener = await SpacesPage.open(chromium, 700, "Bela");
  room = await host.startRoom(system.url, "Undisturbed");
  await listener.join(system.url, room);
  await host.turnMicrophoneOn();
  await listener.sound.hearsExactly([host.tone]);
  began = Date.now();
});

after(async () => {
  await chromium?.close();
  await system?.stop();
});

/** Joins with a token and an offer; answers the refusal. */
async function refusalOf(token: string, sdpOffer = audioOffer()): Promise<{ code: string; message: string }> {
  const socket = await SignalSocket.connect(system.url);
  try {
    socket.send({ requestId: "1", join: { token, roomId: room, sdpOffer } });
    const answer = await socket.next("an answer to join", (message) => message.replyTo === "1");
    assert.ok(answer.refused, `not refused but ${JSON.stringify(answer).slice(0, 200)}`);
    await socket.next("a goodbye", (message) => message.goodbye?.reason === "GOODBYE_REASON_REFUSED");
    return answer.refused;
  } finally {
    socket.close();
  }
}

const tokens: [string, TokenOptions & { room?: string }, string, RegExp][] = [
  ["a token of another room", { room: "another-room" }, "PERMISSION_DENIED", /room/i],
  ["an expired token", { expiresIn: -3600 }, "UNAUTHENTICATED", /expired/i],
  ["a token with alg:none", { algorithm: "none" }, "UNAUTHENTICATED", /alg|HS256/i],
  ["a token of a foreign secret", { secret: "x".repeat(32) }, "UNAUTHENTICATED", /sign/i],
];

for (const [what, options, code, reason] of tokens) {
  test(`${what} is refused with the reason`, async () => {
    const grants = { room: options.room ?? room, join: true, listen: true };
    const refused = await refusalOf(system.token("mallory", grants, options));
    assert.equal(refused.code, code);
    assert.match(refused.message, reason);
  });
}

test("an offer with video is refused with the reason", async () => {
  const token = system.token("mallory", { room, join: true, listen: true });
  const refused = await refusalOf(token, audioOffer(videoLines));
  assert.equal(refused.code, "INVALID_ARGUMENT");
  assert.match(refused.message, /video/i);
});

test("an offer of 10,000 lines is refused with the reason, by WebSocket and by WHIP", async () => {
  const lines = Array.from({ length: 10_000 }, () => "a=x");
  const offer = audioOffer(lines);
  const token = system.token("mallory", { room, join: true, listen: true, speak: true });
  const response = await fetch(`${system.url}/v1/rooms/${room}/whip`, {
    method: "POST",
    headers: { "content-type": "application/sdp", authorization: `Bearer ${token}` },
    body: offer,
  });
  assert.ok(response.status >= 400 && response.status < 500, `status ${response.status}`);
  assert.match(await response.text(), /line/i);
  const refused = await refusalOf(token, offer.replaceAll("\r\n", "\n"));
  assert.equal(refused.code, "INVALID_ARGUMENT");
  assert.match(refused.message, /line/i);
});

test("a frame of 1 MiB ends the connection with the reason", async () => {
  const socket = await SignalSocket.connect(system.url);
  socket.send(`{"requestId":"1","join":{"token":"${"x".repeat(1024 * 1024)}"}}`);
  await until("the connection is closed", () => socket.closed);
  const goodbye = socket.received.find((message) => message.goodbye)?.goodbye;
  assert.equal(goodbye?.reason ?? "GOODBYE_REASON_PROTOCOL_ERROR", "GOODBYE_REASON_PROTOCOL_ERROR");
  assert.match(`${goodbye?.message ?? ""} ${socket.closed?.reason}`, /64|large|big|size|long/i);
});

test("a page of a foreign site cannot open a connection", async () => {
  assert.equal(await SignalSocket.refusedStatus(system.url, "https://evil.example"), 403);
});

test("a connection whose fingerprint is not the offer's gets no media, and is told why", async () => {
  const page = await TonePage.open(chromium, 1100, "Mallory");
  await page.page.goto(`${system.url}/healthz`);
  const offer = await page.page.evaluate(async () => {
    const connection = new RTCPeerConnection();
    connection.addTransceiver("audio", { direction: "sendonly" });
    connection.addTransceiver("audio", { direction: "recvonly" });
    await connection.setLocalDescription(await connection.createOffer());
    (window as unknown as { connection: RTCPeerConnection }).connection = connection;
    return connection.localDescription!.sdp;
  });
  const socket = await SignalSocket.connect(system.url);
  try {
    const token = system.token("mallory", { room, join: true, listen: true });
    const forged = offer.replaceAll(/(a=fingerprint:sha-256 )(..)/g, (_, head: string, first: string) =>
      head.concat(first === "00" ? "01" : "00"),
    );
    socket.send({ requestId: "1", join: { token, roomId: room, sdpOffer: forged } });
    const { joined } = await socket.next("joined", (message) => message.joined !== undefined);
    await page.page.evaluate(async (sdp) => {
      const { connection } = window as unknown as { connection: RTCPeerConnection };
      await connection.setRemoteDescription({ type: "answer", sdp });
    }, joined!.sdpAnswer!);
    const { mediaLost } = await socket.next("media lost", (message) => message.mediaLost !== undefined, 20_000);
    assert.equal(mediaLost!.reason, "MEDIA_LOST_REASON_HANDSHAKE_FAILED");
    assert.ok((await page.connections()).every((connection) => connection.state !== "connected"));
  } finally {
    socket.close();
    await page.close();
  }
});

test("all that disturbed nobody", async () => {
  const silence = await listener.sound.longestSilence(host.tone, began);
  assert.ok(silence < 400, `the listener did not hear the host for ${silence} ms`);
  await listener.sound.hearsExactly([host.tone]);
  await host.sound.hearsExactly([]);
});
