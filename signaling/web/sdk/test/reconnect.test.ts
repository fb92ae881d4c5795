import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStream } from "./fake_platform.ts";
import { recorded, Scene, speaker } from "./visit.ts";

describe("Coming back", () => {
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

  it("resumes a lost socket while media goes on untouched", async () => {
    const visit = await scene.join();
    scene.server.push({ event: { number: "5", roomChanged: { title: "Five" } } });
    await scene.settle();
    const states = recorded<string>((listener) => visit.on("state", listener));
    scene.server.drop();
    await scene.settle(1000);
    expect(states).toEqual(["reconnecting", "connected"]);
    expect(scene.server.requests("resume")[0]?.resume).toEqual({ resumeToken: "r-1", lastEvent: "5" });
    expect(scene.platform.connections).toHaveLength(1);
    expect(visit.mediaState).toBe("connected");
  });

  it("uses the newest resume token, and takes the events it missed", async () => {
    const visit = await scene.join();
    scene.server.drop();
    await scene.settle(1000);
    scene.server.push({ event: { number: "5", roomChanged: { title: "Missed" } } });
    await scene.settle();
    scene.server.drop();
    await scene.settle(1000);
    expect(scene.server.requests("resume")[1]?.resume).toEqual({ resumeToken: "r-2", lastEvent: "5" });
    expect(visit.room.title).toBe("Missed");
  });

  it("tries ever more rarely while the server is away, and at once when the network is back", async () => {
    await scene.join();
    scene.server.isReachable = false;
    scene.server.drop();
    await scene.settle(60_000);
    const tries = scene.server.sockets.length;
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(25);
    scene.server.isReachable = true;
    scene.platform.networkChanged();
    await scene.settle(1);
    expect(scene.server.openCount).toBe(1);
  });

  it("does not storm a server that drops it right after each resume", async () => {
    await scene.join();
    for (let second = 0; second < 30; second++) {
      scene.server.drop();
      await scene.settle(1000);
    }
    expect(scene.server.requests("resume").length).toBeLessThan(20);
  });

  it("joins anew, with the old media playing on until then, where the participation is over", async () => {
    const visit = await scene.join();
    scene.server.refuseNext("resume", { code: "NOT_FOUND", message: "That participation is over." });
    scene.server.drop();
    await scene.settle(1000);
    expect(scene.server.requests("join")).toHaveLength(2);
    expect(scene.platform.connections.map((connection) => connection.connectionState)).toEqual(["closed", "new"]);
    expect(visit.state).toBe("connected");
  });

  it("stays away where joining anew is refused", async () => {
    const visit = await scene.join();
    scene.server.refuseNext("resume", { code: "NOT_FOUND", message: "Over." });
    scene.server.refuseNext("join", { code: "FAILED_PRECONDITION", message: "The room has ended." });
    scene.server.drop();
    await scene.settle(60_000);
    expect(visit.ended).toMatchObject({ reason: "refused", error: { message: "The room has ended." } });
    expect(scene.server.sockets).toHaveLength(3);
  });

  it("pings in silence, and takes a server that does not answer for lost", async () => {
    const visit = await scene.join();
    await scene.settle(10_100);
    expect(scene.server.requests("ping")).toHaveLength(1);
    expect(visit.state).toBe("connected");
    scene.server.isSilent = true;
    await scene.settle(15_000);
    expect(visit.state).toBe("reconnecting");
    scene.server.isSilent = false;
    await scene.settle(12_000);
    expect(visit.state).toBe("connected");
  });

  it.each([
    ["GOODBYE_ACTION_RESUME", "resume"],
    ["GOODBYE_ACTION_JOIN", "join"],
  ] as const)("does what a goodbye with %s says, after the wait it names", async (action, request) => {
    await scene.join();
    const before = scene.server.requests(request).length;
    scene.server.push({ goodbye: { reason: "GOODBYE_REASON_SHUTTING_DOWN", action, retryAfterMs: 3000 } });
    await scene.settle(2900);
    expect(scene.server.requests(request)).toHaveLength(before);
    await scene.settle(1000);
    expect(scene.server.requests(request)).toHaveLength(before + 1);
  });

  it("does not come back where another window took its place", async () => {
    const visit = await scene.join();
    scene.server.push({ goodbye: { reason: "GOODBYE_REASON_REPLACED", action: "GOODBYE_ACTION_STOP" } });
    await scene.settle(60_000);
    expect(visit.ended?.reason).toBe("replaced");
    expect(scene.server.sockets).toHaveLength(1);
  });

  it("answers a request with DISCONNECTED where the socket is lost before the answer", async () => {
    const visit = await scene.join();
    scene.server.next("raiseHand", () => undefined);
    const raising = visit.raiseHand().catch((error: unknown) => error);
    await scene.settle();
    scene.server.drop();
    expect(await raising).toMatchObject({ code: "DISCONNECTED" });
  });

  it("puts each answer to its own request, in whatever order they come", async () => {
    const visit = await scene.join();
    scene.server.next("raiseHand", () => undefined);
    const raising = visit.raiseHand();
    const listing = visit.listParticipants();
    await scene.settle();
    const [raise] = scene.server.requests("raiseHand");
    scene.server.push({
      replyTo: raise?.requestId ?? "",
      refused: { code: "FAILED_PRECONDITION", message: "Not now." },
    });
    await expect(raising).rejects.toMatchObject({ message: "Not now." });
    expect((await listing).nextPageToken).toBe("next");
  });

  it("opens new media where the old is lost, not before the server allows", async () => {
    const visit = await scene.join();
    const tracks = recorded<unknown>((listener) => visit.on("tracks", listener));
    scene.server.push({ mediaLost: { reason: "MEDIA_LOST_REASON_NODE_LOST", retryAfterMs: 500 } });
    await scene.settle(400);
    expect(visit.mediaState).toBe("reconnecting");
    expect(scene.server.requests("openMedia")).toHaveLength(0);
    await scene.settle(200);
    expect(scene.server.requests("openMedia")).toHaveLength(1);
    scene.platform.connection.become("connected");
    expect(visit.mediaState).toBe("connected");
    expect(scene.platform.connections[0]?.connectionState).toBe("closed");
    expect(tracks).toHaveLength(1);
    expect(visit.state).toBe("connected");
  });

  it("keeps asking for media while no node can take it", async () => {
    const visit = await scene.join();
    for (let count = 0; count < 3; count++) {
      scene.server.refuseNext("openMedia", { code: "UNAVAILABLE", message: "No node.", retryAfterMs: 1000 });
    }
    scene.server.push({ mediaLost: { reason: "MEDIA_LOST_REASON_NODE_LOST" } });
    await scene.settle(15_000);
    expect(scene.server.requests("openMedia")).toHaveLength(4);
    scene.platform.connection.become("connected");
    expect(visit.mediaState).toBe("connected");
  });

  it("waits with new media until signaling is back", async () => {
    await scene.join();
    scene.server.isReachable = false;
    scene.server.mediaAlive = false;
    scene.server.drop();
    await scene.settle(10_000);
    expect(scene.platform.connections).toHaveLength(1);
    scene.server.isReachable = true;
    await scene.settle(6000);
    expect(scene.server.requests("openMedia")).toHaveLength(1);
  });

  it("restarts ICE where the path stays broken, and not for a short gap", async () => {
    const visit = await scene.join();
    scene.platform.connection.become("disconnected");
    expect(visit.mediaState).toBe("reconnecting");
    await scene.settle(500);
    scene.platform.connection.become("connected");
    await scene.settle(2000);
    expect(scene.server.requests("restartIce")).toHaveLength(0);
    scene.platform.connection.become("disconnected");
    await scene.settle(1100);
    expect(scene.server.requests("restartIce")[0]?.restartIce?.sdpOffer).toBe("restart-offer-1");
    expect(scene.platform.connection.answers).toEqual(["answer", "restart-answer"]);
    expect(scene.platform.connections).toHaveLength(1);
  });

  it("restarts ICE at once when the network has changed", async () => {
    await scene.join();
    scene.platform.networkChanged();
    await scene.settle();
    expect(scene.server.requests("restartIce")).toHaveLength(1);
  });

  it("opens new media where an ICE restart is refused", async () => {
    await scene.join();
    scene.server.refuseNext("restartIce", { code: "FAILED_PRECONDITION", message: "There is no media session." });
    scene.platform.connection.become("failed");
    await scene.settle(1000);
    expect(scene.server.requests("openMedia")).toHaveLength(1);
  });

  it("puts a speaker's microphone on the new media by itself", async () => {
    const visit = await scene.joinAsSpeaker();
    await visit.speak();
    scene.server.push({ event: { number: "5", participantChanged: speaker({ muted: false }) } });
    scene.server.push({ mediaLost: { reason: "MEDIA_LOST_REASON_NODE_LOST" } });
    await scene.settle(1000);
    expect(scene.platform.connections).toHaveLength(2);
    expect(scene.platform.connection.sender.track).toBe(scene.platform.microphones[0]);
    expect(scene.platform.microphones).toHaveLength(1);
  });
});
