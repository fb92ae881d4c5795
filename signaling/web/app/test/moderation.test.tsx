// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Participant, ServerMessage } from "../../sdk/protocol.ts";
import { HOST, SELF } from "../../sdk/test/fake_server.ts";
import { Scene, speaker } from "../../sdk/test/visit.ts";
import { RoomPage } from "../room_page.tsx";
import type { Session } from "../session.ts";

const AL: Participant = { id: "a", identity: "al", name: "Al", role: "ROLE_SPEAKER", mediaId: 3, connected: true };

describe("The page for those who decide, and for those they decide on", () => {
  let scene: Scene;
  let root: HTMLElement;
  let number = 4;
  beforeEach(() => {
    vi.useFakeTimers();
    scene = new Scene();
    number = 4;
    root = document.createElement("div");
    document.body.append(root);
  });
  afterEach(() => {
    render(null, root);
    root.remove();
    vi.useRealTimers();
  });

  const find = (testId: string) => {
    const found = root.querySelector<HTMLElement>(`[data-testid="${testId}"]`);
    if (found === null) throw new Error(`There is no ${testId} on the page.`);
    return found;
  };
  const has = (testId: string) => root.querySelector(`[data-testid="${testId}"]`) !== null;
  const click = async (testId: string) => {
    find(testId).click();
    await scene.settle(50);
  };
  const tell = async (message: ServerMessage) => {
    scene.server.push(message);
    await scene.settle(50);
  };
  const changed = (participantChanged: Participant) =>
    tell({ event: { number: String(++number), participantChanged } });
  const show = async (self: Participant) => {
    scene.server.self = self;
    if (self.role !== "ROLE_LISTENER" && self !== HOST) scene.server.snapshot.stage?.push(self);
    const visit = await scene.join();
    const nothing = () => undefined;
    const session = { join: (roomId: string) => scene.client.join(roomId) } as unknown as Session;
    render(<RoomPage visit={visit} session={session} onEnter={nothing} onLeave={nothing} />, root);
    await scene.settle(50);
  };

  it("lets the host mute, silence, ask, send down, appoint, hand over, remove and ban a speaker", async () => {
    await show(HOST);
    await changed(AL);
    for (const deed of ["mute", "suppress", "make-listener", "appoint", "hand-over", "remove", "ban"]) {
      await click("manage-a");
      await click(`${deed}-a`);
    }
    expect(scene.server.requests("muteParticipant")[0]?.muteParticipant).toEqual({ participantId: "a" });
    expect(scene.server.requests("suppress")[0]?.suppress).toEqual({ participantId: "a", suppressed: true });
    expect(scene.server.requests("setRole")[0]?.setRole).toEqual({ participantId: "a", role: "ROLE_LISTENER" });
    expect(scene.server.requests("appointCoHost")[0]?.appointCoHost).toEqual({ participantId: "a" });
    expect(scene.server.requests("handOver")[0]?.handOver).toEqual({ participantId: "a" });
    expect(scene.server.requests("removeParticipant")[0]?.removeParticipant).toEqual({ participantId: "a" });
    expect(scene.server.requests("ban")[0]?.ban).toEqual({ participantId: "a" });
    await changed({ ...AL, muted: true });
    await click("ask-to-unmute-a");
    expect(scene.server.requests("askToUnmute")[0]?.askToUnmute).toEqual({ participantId: "a" });
    await changed({ ...AL, muted: true, suppressed: true });
    await click("lift-a");
    expect(scene.server.requests("suppress")[1]?.suppress).toEqual({ participantId: "a", suppressed: false });
  });

  it("lets a co-host decide on speakers and listeners, but not on the host or another co-host", async () => {
    await show(speaker({ role: "ROLE_CO_HOST" }));
    await changed(AL);
    await changed({ ...AL, id: "c", identity: "cy", name: "Cy", role: "ROLE_CO_HOST" });
    expect(has("manage-a")).toBe(true);
    expect(has("appoint-a")).toBe(false);
    expect(has("manage-c")).toBe(false);
    expect(has("manage-p-host")).toBe(false);
    expect(has("manage-p-self")).toBe(false);
    expect(has("hands")).toBe(true);
    expect(has("end-space")).toBe(false);
  });

  it("orders hands by their numbers, whatever order they came in, and tells a listener their place", async () => {
    await show(SELF);
    await changed({ ...AL, role: "ROLE_LISTENER", handRaised: true, handNumber: "2" });
    await changed({ ...SELF, handRaised: true, handNumber: "7" });
    await changed({ ...AL, id: "b", name: "Bo", role: "ROLE_LISTENER", handRaised: true, handNumber: "5" });
    expect(root.textContent).toContain("You are number 3 in the queue.");
    await tell({ event: { number: String(++number), participantGone: { participantId: "a" } } });
    expect(root.textContent).toContain("You are number 2 in the queue.");
  });

  it("invites a listener, who accepts and is asked for the microphone only by a button", async () => {
    await show(SELF);
    await changed({ ...SELF, invitedToSpeak: true });
    expect(find("announcement").textContent).toBe("You are invited to speak.");
    await click("accept-invitation");
    expect(scene.server.requests("answerInvitation")[0]?.answerInvitation).toEqual({ accept: true });
    await changed(speaker());
    expect(has("invited")).toBe(false);
    expect(scene.platform.microphones).toHaveLength(0);
    await click("mic");
    expect(scene.platform.microphones).toHaveLength(1);
  });

  it("silences a microphone that the host muted, and unmutes it only by the person's own hand", async () => {
    await show(speaker());
    await click("mic");
    await changed(speaker({ muted: false }));
    await changed(speaker({ muted: true }));
    expect(find("mic").dataset["state"]).toBe("muted");
    await tell({ askedToUnmute: { byIdentity: "host", byName: "Hana" } });
    expect(find("asked-to-unmute").textContent).toContain("Hana asks you to turn on your microphone.");
    expect(find("mic").dataset["state"]).toBe("muted");
    await click("unmute-as-asked");
    expect(find("mic").dataset["state"]).toBe("on");
    await changed(speaker({ muted: true, suppressed: true }));
    expect(find("mic")).toHaveProperty("disabled", true);
    expect(root.textContent).toContain("The host has turned off your microphone.");
  });

  it("sends only the rules that were changed", async () => {
    await show(HOST);
    await click("settings");
    (find("settings-policy") as HTMLSelectElement).value = "everyone";
    (find("settings-requestsOpen") as HTMLInputElement).checked = false;
    await click("settings-save");
    expect(scene.server.requests("updateRoom")[0]?.updateRoom).toEqual({
      policy: { speakPolicy: "SPEAK_POLICY_EVERYONE", requestsOpen: false },
    });
    await click("mute-all");
    expect(scene.server.requests("muteAll")).toHaveLength(1);
  });

  it("offers no hand to raise while the host takes no requests", async () => {
    await show(SELF);
    const room = { ...scene.server.snapshot.room, policy: { requestsOpen: false, reactionsOpen: false } };
    await tell({ event: { number: "5", roomChanged: room } });
    expect(has("raise-hand")).toBe(false);
    expect(has("open-reactions")).toBe(false);
    expect(root.textContent).toContain("The host takes no requests to speak right now.");
  });

  it("shows gestures for a while, those of others included, and no more than fit", async () => {
    await show(SELF);
    await click("open-reactions");
    await click("react-thumbs-up");
    expect(scene.server.requests("react")[0]?.react).toEqual({ reaction: "REACTION_THUMBS_UP" });
    await tell({
      reactions: {
        counts: [
          { reaction: "REACTION_HEART", count: 2 },
          { reaction: "REACTION_CLAP", count: 5000 },
        ],
      },
    });
    expect(find("reactions").childElementCount).toBe(24);
    expect(find("reactions").querySelectorAll('[data-gesture="heart"]')).toHaveLength(2);
    await scene.settle(3_100);
    expect(find("reactions").childElementCount).toBe(0);
  });

  it("shares a post, shows those of others and takes one's own down", async () => {
    await show(speaker());
    (find("post-url") as HTMLInputElement).value = "https://example.org/a";
    find("post-url").dispatchEvent(new Event("input", { bubbles: true }));
    await scene.settle(50);
    await click("share-post");
    expect(scene.server.requests("sharePost")[0]?.sharePost).toEqual({
      url: "https://example.org/a",
      author: "example.org",
      text: "",
    });
    const post = { url: "https://example.org/a", author: "Ann", text: "Read this", sharedByName: "Sol" };
    await tell({ event: { number: "5", postShared: { ...post, id: "1", sharedByIdentity: "self" } } });
    await tell({ event: { number: "6", postShared: { ...post, id: "2", sharedByIdentity: "host" } } });
    expect(has("take-down-2")).toBe(false);
    await click("take-down-1");
    expect(scene.server.requests("takeDownPost")[0]?.takeDownPost).toEqual({ postId: "1" });
    await tell({ event: { number: "7", postTakenDown: { postId: "1" } } });
    expect(has("post-1")).toBe(false);
  });

  it("tells somebody who was removed, who may come back, apart from somebody who was banned", async () => {
    await show(SELF);
    await tell({ goodbye: { reason: "GOODBYE_REASON_REMOVED", action: "GOODBYE_ACTION_STOP" } });
    expect(find("ended").textContent).toContain("You can come back as a listener.");
    expect(has("rejoin")).toBe(true);
    render(null, root);
    await show(SELF);
    await tell({ goodbye: { reason: "GOODBYE_REASON_BANNED", action: "GOODBYE_ACTION_STOP" } });
    expect(find("ended").dataset["reason"]).toBe("banned");
    expect(has("rejoin")).toBe(false);
  });
});
