// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RoomConnection } from "../../sdk/index.ts";
import { HOST, SELF } from "../../sdk/test/fake_server.ts";
import { Scene, speaker } from "../../sdk/test/visit.ts";
import { RoomPage } from "../room_page.tsx";
import type { Session } from "../session.ts";

describe("The page of a room", () => {
  let scene: Scene;
  let root: HTMLElement;
  beforeEach(() => {
    vi.useFakeTimers();
    scene = new Scene();
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

  // The page asks the session only to come back after the end of a visit.
  const session = { join: (roomId: string) => scene.client.join(roomId) } as unknown as Session;
  const show = async (visit: RoomConnection) => {
    const nothing = () => undefined;
    render(<RoomPage visit={visit} session={session} onEnter={nothing} onLeave={nothing} />, root);
    await scene.settle(50);
  };
  const tell = async (message: Parameters<typeof scene.server.push>[0]) => {
    scene.server.push(message);
    await scene.settle(50);
  };

  const asHost = async () => {
    scene.server.self = HOST;
    await show(await scene.join());
  };

  it("shows a listener the stage, the count and a hand to raise, but no microphone to open", async () => {
    await show(await scene.join());
    expect(find("participant-p-host").dataset["role"]).toBe("host");
    expect(find("listener-count").dataset["count"]).toBe("1");
    expect(find("connection-state").dataset["whole"]).toBe("true");
    expect(find("mic")).toHaveProperty("disabled", true);
    await click("raise-hand");
    expect(scene.server.requests("raiseHand")[0]?.raiseHand).toEqual({ raised: true });
    await tell({ event: { number: "5", participantChanged: { ...SELF, handRaised: true } } });
    expect(find("raise-hand").getAttribute("aria-pressed")).toBe("true");
    expect(scene.platform.microphones).toHaveLength(0);
  });

  it("asks a new speaker with a button before the microphone opens", async () => {
    await show(await scene.join());
    await tell({ event: { number: "5", participantChanged: speaker() } });
    expect(scene.platform.microphones).toHaveLength(0);
    expect(find("mic").textContent).toBe("Turn on microphone");
    expect(find("announcement").textContent).toContain("You can speak now");
    await click("mic");
    expect(scene.platform.microphones).toHaveLength(1);
    expect(find("mic").dataset["state"]).toBe("on");
    expect(find("participant-p-self").dataset["muted"]).toBe("false");
  });

  it("mutes and unmutes with the key M, but not while somebody types", async () => {
    await show(await scene.joinAsSpeaker());
    await click("mic");
    const press = async (target: EventTarget) => {
      target.dispatchEvent(new KeyboardEvent("keydown", { key: "m", bubbles: true }));
      await scene.settle(50);
    };
    await press(document.body);
    expect(find("mic").dataset["state"]).toBe("muted");
    await press(find("room-link"));
    expect(find("mic").dataset["state"]).toBe("muted");
    await press(document.body);
    expect(find("mic").dataset["state"]).toBe("on");
  });

  it("shows the host raised hands in their order, and gives and takes the right to speak", async () => {
    await asHost();
    await tell({
      event: {
        number: "5",
        participantChanged: { id: "b", name: "Bo", role: "ROLE_LISTENER", handRaised: true },
      },
    });
    await tell({
      event: {
        number: "6",
        participantChanged: { id: "a", name: "Al", role: "ROLE_LISTENER", handRaised: true },
      },
    });
    expect([...find("hands").querySelectorAll("li")].map((row) => row.dataset["name"])).toEqual(["Bo", "Al"]);
    await click("make-speaker-a");
    expect(scene.server.requests("setRole")[0]?.setRole).toEqual({ participantId: "a", role: "ROLE_SPEAKER" });
    await tell({ event: { number: "7", participantChanged: { id: "a", name: "Al", role: "ROLE_SPEAKER" } } });
    expect(has("hand-a")).toBe(false);
    await click("make-listener-a");
    expect(scene.server.requests("setRole")[1]?.setRole).toEqual({ participantId: "a", role: "ROLE_LISTENER" });
  });

  it("does not let a listener decide who speaks", async () => {
    await show(await scene.join());
    await tell({ event: { number: "5", participantChanged: { id: "a", name: "Al", role: "ROLE_SPEAKER" } } });
    expect(has("hands")).toBe(false);
    expect(has("make-listener-a")).toBe(false);
    expect(has("end-space")).toBe(false);
  });

  it("ends the Space only after the host has confirmed", async () => {
    await asHost();
    await click("end-space");
    await click("end-cancel");
    expect(scene.server.requests("endRoom")).toHaveLength(0);
    await click("end-space");
    await click("end-confirm");
    expect(scene.server.requests("endRoom")).toHaveLength(1);
    await tell({ event: { number: "5", roomEnded: { reason: "ROOM_END_REASON_HOST" } } });
    expect(find("ended").dataset["reason"]).toBe("room-ended");
  });

  it("says that it is reconnecting, and takes it back", async () => {
    await show(await scene.join());
    scene.server.isReachable = false;
    scene.server.drop();
    await scene.settle(50);
    expect(has("reconnecting")).toBe(true);
    expect(find("connection-state").dataset["state"]).toBe("reconnecting");
    scene.server.isReachable = true;
    await scene.settle(10_000);
    expect(has("reconnecting")).toBe(false);
    expect(find("announcement").textContent).toBe("Connected again.");
  });

  it("says in words why something was refused", async () => {
    await show(await scene.join());
    scene.server.refuseNext("raiseHand", {
      code: "RESOURCE_EXHAUSTED",
      message: "Too many hands. Try again later.",
    });
    await click("raise-hand");
    expect(find("error").textContent).toContain("Too many hands.");
  });

  it("offers to take the visit back where another window has it", async () => {
    await show(await scene.join());
    await tell({ goodbye: { reason: "GOODBYE_REASON_REPLACED", action: "GOODBYE_ACTION_STOP" } });
    expect(find("ended").dataset["reason"]).toBe("replaced");
    await click("rejoin");
    expect(scene.server.requests("join")).toHaveLength(2);
  });

  it("lists listeners only when somebody looks", async () => {
    await asHost();
    expect(scene.server.requests("listParticipants")).toHaveLength(0);
    await click("show-listeners");
    expect(scene.server.requests("listParticipants")).toHaveLength(1);
    expect(has("listener-p-self")).toBe(true);
    expect(has("listener-p-host")).toBe(false);
  });
});
