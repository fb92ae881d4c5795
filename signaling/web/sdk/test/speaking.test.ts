import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MicrophoneError } from "../index.ts";
import { FakeStream, FakeTrack } from "./fake_platform.ts";
import { SELF } from "./fake_server.ts";
import { recorded, Scene, speaker } from "./visit.ts";

describe("Speaking", () => {
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

  it("opens the microphone only when asked to, into the sender that is there", async () => {
    const visit = await scene.joinAsSpeaker();
    expect(scene.platform.microphones).toHaveLength(0);
    await visit.speak();
    expect(scene.platform.connection.sender.track).toBe(scene.platform.microphones[0]);
    expect(scene.server.requests("setMuted").map((message) => message.setMuted)).toEqual([{ muted: false }]);
    expect(visit.microphone).toBe("on");
    expect(scene.platform.connections).toHaveLength(1);
    expect(scene.platform.connection.answers).toHaveLength(1);
  });

  it("refuses a listener without asking for the microphone", async () => {
    const visit = await scene.join();
    await expect(visit.speak()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(scene.platform.microphones).toHaveLength(0);
  });

  it("lets a listener who was made a speaker speak, without negotiating anything", async () => {
    const visit = await scene.join();
    scene.server.push({ event: { number: "5", participantChanged: speaker() } });
    await scene.settle();
    expect(visit.self.role).toBe("speaker");
    await visit.speak();
    expect(visit.microphone).toBe("on");
    expect(scene.platform.connection.answers).toHaveLength(1);
  });

  it("gives the microphone back when the right is taken away", async () => {
    const visit = await scene.joinAsSpeaker();
    await visit.speak();
    scene.server.push({ event: { number: "5", participantGone: { participantId: SELF.id ?? "" } } });
    await scene.settle();
    expect(visit.self.role).toBe("listener");
    expect(scene.platform.microphones[0]?.isStopped).toBe(true);
    expect(scene.platform.connection.sender.track).toBeNull();
    expect(visit.microphone).toBe("off");
  });

  it("gives it back, too, where the right was taken away while the browser was asking", async () => {
    const visit = await scene.joinAsSpeaker();
    scene.platform.whileAsking = async () => {
      scene.server.push({ event: { number: "5", participantGone: { participantId: SELF.id ?? "" } } });
      await scene.settle();
    };
    await expect(visit.speak()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(scene.platform.microphones[0]?.isStopped).toBe(true);
    expect(scene.platform.connection.sender.track).toBeNull();
  });

  it("is silent at once when muted, and says so when the connection is back", async () => {
    const visit = await scene.joinAsSpeaker();
    await visit.speak();
    scene.server.push({ event: { number: "5", participantChanged: speaker({ muted: false }) } });
    await scene.settle();
    scene.server.drop();
    await scene.settle();
    await visit.mute();
    expect(scene.platform.microphones[0]?.enabled).toBe(false);
    await scene.settle(1000);
    expect(scene.server.requests("setMuted").map((message) => message.setMuted?.muted)).toEqual([false, true]);
  });

  it("stays muted where unmuting is refused, and does not unmute later by itself", async () => {
    const visit = await scene.joinAsSpeaker();
    await visit.speak();
    await visit.mute();
    scene.server.refuseNext("setMuted", { code: "UNAVAILABLE", message: "The media node is away." });
    await expect(visit.unmute()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(visit.microphone).toBe("muted");
    scene.server.drop();
    await scene.settle(1000);
    expect(scene.server.requests("setMuted").map((message) => message.setMuted?.muted)).toEqual([false, true, false]);
  });

  it("unmutes the same microphone", async () => {
    const visit = await scene.joinAsSpeaker();
    await visit.speak();
    await visit.mute();
    expect(visit.microphone).toBe("muted");
    await visit.unmute();
    expect(visit.microphone).toBe("on");
    expect(scene.platform.microphones).toHaveLength(1);
    expect(scene.platform.microphones[0]?.enabled).toBe(true);
  });

  it("says what is wrong with the microphone", async () => {
    const visit = await scene.joinAsSpeaker();
    scene.platform.microphoneError = new MicrophoneError("denied");
    await expect(visit.speak()).rejects.toMatchObject({ kind: "denied" });
    expect(visit.microphone).toBe("off");
    expect(scene.server.requests("setMuted")).toHaveLength(0);
  });

  it("tells when the microphone stops by itself, and mutes", async () => {
    const visit = await scene.joinAsSpeaker();
    await visit.speak();
    const errors = recorded<MicrophoneError>((listener) => visit.on("microphoneError", listener));
    scene.platform.microphones[0]?.onended?.();
    await scene.settle();
    expect(errors.map((error) => error.kind)).toEqual(["ended"]);
    expect(visit.microphone).toBe("off");
    expect(scene.server.requests("setMuted").at(-1)?.setMuted).toEqual({ muted: true });
  });

  it("takes a track of the caller's, and does not stop it", async () => {
    const visit = await scene.joinAsSpeaker();
    const track = new FakeTrack("music");
    await visit.speak(track as unknown as MediaStreamTrack);
    expect(scene.platform.connection.sender.track).toBe(track);
    visit.leave();
    expect(track.isStopped).toBe(false);
  });

  it.each([
    ["NotAllowedError", "denied"],
    ["NotFoundError", "missing"],
    ["NotReadableError", "busy"],
    ["TypeError", "failed"],
  ])("calls %s of the browser %s", (name, kind) => {
    expect(MicrophoneError.from(new DOMException("", name)).kind).toBe(kind);
  });

  it("tells who talks from the CSRC and the level of a slot, until they stop", async () => {
    const visit = await scene.join();
    const heard = recorded<unknown>((listener) => visit.on("speaking", listener));
    const slot = scene.platform.connection.receivers[1];
    if (slot === undefined) throw new Error("There is no second slot.");
    slot.contributing = [
      { source: 99, timestamp: 1 },
      { source: 7, timestamp: 2 },
    ];
    scene.platform.connection.stats.push({
      type: "inbound-rtp",
      kind: "audio",
      trackIdentifier: slot.track.id,
      audioLevel: 0.25,
    });
    await scene.settle(200);
    expect(heard).toEqual([[{ participantId: "p-host", level: 0.25 }]]);
    await scene.settle(3000);
    expect(heard.at(-1)).toEqual([]);
    const count = heard.length;
    await scene.settle(3000);
    expect(heard).toHaveLength(count);
  });

  it("tells of oneself only while the microphone is open", async () => {
    const visit = await scene.joinAsSpeaker();
    scene.platform.connection.stats.push({ type: "media-source", kind: "audio", audioLevel: 0.5 });
    const heard = recorded<unknown>((listener) => visit.on("speaking", listener));
    await scene.settle(300);
    expect(heard).toEqual([]);
    await visit.speak();
    await scene.settle(200);
    expect(heard.at(-1)).toEqual([{ participantId: "p-self", level: 0.5 }]);
  });

  it("listens to the microphone itself where the statistics have no level of it, until it closes", async () => {
    const visit = await scene.joinAsSpeaker();
    scene.platform.connection.stats.push({ type: "media-source", kind: "audio" });
    scene.platform.probedLevel = 0.4;
    const heard = recorded<unknown>((listener) => visit.on("speaking", listener));
    await visit.speak();
    await scene.settle(400);
    expect(heard.at(-1)).toEqual([{ participantId: "p-self", level: 0.4 }]);
    expect(scene.platform.openProbes).toBe(1);
    await visit.mute();
    await scene.settle(400);
    expect(scene.platform.openProbes).toBe(0);
  });
});
