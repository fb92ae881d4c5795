import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SpacesError } from "../index.ts";
import { FakeStream } from "./fake_platform.ts";
import { HOST, SELF } from "./fake_server.ts";
import { recorded, Scene } from "./visit.ts";

describe("Joining", () => {
  let scene: Scene;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("MediaStream", FakeStream);
    scene = new Scene();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("takes one round trip, with the token in the message and not in the URL", async () => {
    const visit = await scene.join();
    expect(scene.platform.urls).toEqual(["wss://spaces.example/v1/signal"]);
    expect(scene.server.sockets[0]?.protocols).toEqual(["spaces.v1.json"]);
    const [message] = scene.server.received;
    expect(message).toMatchObject({
      requestId: "1",
      join: { token: "token-1", roomId: "r1", sdpOffer: "offer", muted: true },
    });
    expect(visit.state).toBe("connected");
    expect(visit.self.id).toBe(SELF.id);
    expect(visit.stage.map((person) => person.name)).toEqual(["Hana"]);
    expect(scene.platform.connection.answers).toEqual(["answer"]);
  });

  it("offers one microphone line and three slots, and never asks a listener for the microphone", async () => {
    await scene.join();
    expect(scene.platform.connection.directions).toEqual(["sendonly", "recvonly", "recvonly", "recvonly"]);
    expect(scene.platform.microphones).toEqual([]);
  });

  it("offers as many slots as it is told", async () => {
    await scene.join({ slots: 1 });
    expect(scene.platform.connection.directions).toEqual(["sendonly", "recvonly"]);
  });

  it("fails at once where the server refuses for good", async () => {
    scene.server.refuseNext("join", { code: "PERMISSION_DENIED", message: "The token is for another room." });
    const failure = await scene.join().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SpacesError);
    expect(failure).toMatchObject({ code: "PERMISSION_DENIED", message: "The token is for another room." });
    expect(scene.server.openCount).toBe(0);
  });

  it("waits as the server asks where no media node is free, with a fresh token each time", async () => {
    scene.server.refuseNext("join", { code: "UNAVAILABLE", message: "No node.", retryAfterMs: 2000 });
    const joining = scene.join();
    await scene.settle(1900);
    expect(scene.server.requests("join")).toHaveLength(1);
    await scene.settle(1000);
    await joining;
    expect(scene.server.requests("join").map((message) => message.join?.token)).toEqual(["token-1", "token-2"]);
  });

  it("gives up after 20 s where nothing answers", async () => {
    scene.server.isReachable = false;
    const failure = scene.join().catch((error: unknown) => error);
    await scene.settle(40_000);
    expect(await failure).toMatchObject({ code: "DISCONNECTED" });
  });

  it("fails where the answer is not one the browser can use", async () => {
    const joining = scene.join().catch((error: unknown) => error);
    scene.platform.connection.setRemoteDescription = () => Promise.reject(new Error("no fingerprint"));
    expect(await joining).toMatchObject({ message: "no fingerprint" });
  });

  it("gives absent fields of the JSON mapping their default values", async () => {
    scene.server.self = { id: "x" };
    const visit = await scene.join();
    expect(visit.self).toEqual({
      id: "x",
      identity: "",
      name: "",
      role: "listener",
      muted: false,
      handRaised: false,
      handNumber: 0,
      invitedToSpeak: false,
      suppressed: false,
      mediaId: 0,
      connected: false,
    });
  });

  it("follows the stage, the title and the audience", async () => {
    const visit = await scene.join();
    const stages = recorded<readonly { id: string }[]>((listener) => visit.on("stage", listener));
    const audiences = recorded<number>((listener) => visit.on("audience", listener));
    scene.server.push({ event: { number: "5", participantChanged: { ...SELF, handRaised: true } } });
    scene.server.push({ event: { number: "6", participantChanged: { ...HOST, muted: true } } });
    scene.server.push({ event: { number: "7", participantGone: { participantId: SELF.id ?? "" } } });
    scene.server.push({ event: { number: "8", roomChanged: { title: "New title" } } });
    scene.server.push({ audience: { listenerCount: 41 } });
    await scene.settle();
    expect(stages.map((stage) => stage.map((person) => person.id))).toEqual([
      ["p-host", "p-self"],
      ["p-host", "p-self"],
      ["p-host"],
    ]);
    expect(visit.room.title).toBe("New title");
    expect(audiences).toEqual([41]);
    expect(visit.self.handRaised).toBe(false);
  });

  it("counts no event twice", async () => {
    const visit = await scene.join();
    scene.server.push({ event: { number: "5", roomChanged: { title: "Five" } } });
    scene.server.push({ event: { number: "4", roomChanged: { title: "Four again" } } });
    await scene.settle();
    expect(visit.room.title).toBe("Five");
  });

  it("ends when the room does", async () => {
    const visit = await scene.join();
    const ends = recorded<{ reason: string }>((listener) => visit.on("ended", listener));
    scene.server.push({ event: { number: "5", roomEnded: { reason: "ROOM_END_REASON_HOST" } } });
    await scene.settle(30_000);
    expect(ends).toEqual([{ reason: "room-ended" }]);
    expect(visit.state).toBe("ended");
    expect(scene.server.sockets).toHaveLength(1);
    await expect(visit.raiseHand()).rejects.toMatchObject({ code: "ENDED" });
  });

  it("says goodbye and lets go of everything on leave", async () => {
    const visit = await scene.join();
    visit.leave();
    await scene.settle(30_000);
    expect(scene.server.requests("leave")).toHaveLength(1);
    expect(scene.server.openCount).toBe(0);
    expect(scene.platform.connection.connectionState).toBe("closed");
    expect(scene.platform.listenerCount).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves when the page goes away", async () => {
    const visit = await scene.join();
    scene.platform.pageHidden();
    expect(scene.server.requests("leave")).toHaveLength(1);
    expect(visit.ended?.reason).toBe("left");
  });

  it("plays each slot, and says when the browser keeps the sound off", async () => {
    scene.platform.isAudioBlocked = true;
    const visit = await scene.join();
    expect(visit.audioBlocked).toBe(true);
    const changes = recorded<boolean>((listener) => visit.on("audioBlocked", listener));
    for (const element of scene.platform.elements) element.isBlocked = false;
    await visit.resumeAudio();
    expect(changes).toEqual([false]);
    expect(scene.platform.elements).toHaveLength(3);
  });
});
