import { describe, expect, it } from "vitest";
import { MicrophoneError, type Participant, SpacesError } from "../../sdk/index.ts";
import { newsOf } from "../announcer.tsx";
import { hueOf, initialsOf } from "../common.tsx";
import { errorText } from "../error_text.ts";
import { parseRoute, pathOf } from "../route.ts";
import { ringOf } from "../stage.tsx";
import { texts } from "../texts.ts";

const person = (id: string, changes: Partial<Participant> = {}): Participant => ({
  id,
  identity: id,
  name: id.toUpperCase(),
  role: "listener",
  muted: false,
  handRaised: false,
  handNumber: 0,
  invitedToSpeak: false,
  suppressed: false,
  mediaId: 1,
  connected: true,
  ...changes,
});

describe("Routes", () => {
  it("knows a room's address, and takes every other for the start", () => {
    expect(parseRoute("/r/aB_9-x")).toEqual({ page: "room", roomId: "aB_9-x" });
    expect(parseRoute("/r/aB_9-x/")).toEqual({ page: "room", roomId: "aB_9-x" });
    for (const path of ["/", "/r/", "/r/a b", `/r/${"x".repeat(65)}`, "/r/a/b", "/x"]) {
      expect(parseRoute(path)).toEqual({ page: "start" });
    }
    expect(pathOf({ page: "room", roomId: "a" })).toBe("/r/a");
  });
});

describe("Avatars", () => {
  it.each([
    ["Ada Lovelace", "AL"],
    ["ada", "A"],
    ["  Jean-Luc  van der Berg ", "JB"],
    ["प्रिया शर्मा", "प्रिश"],
    ["👩‍🚀 Mia", "👩‍🚀M"],
    ["", ""],
  ])("shorten %s to %s", (name, initials) => {
    expect(initialsOf(name).normalize()).toBe(initials.normalize());
  });

  it("keep their colour", () => {
    expect(hueOf("web-1")).toBe(hueOf("web-1"));
    expect(new Set(Array.from({ length: 100 }, (_, index) => hueOf(`web-${index}`))).size).toBe(8);
  });
});

describe("The ring", () => {
  it("grows with loudness as it is felt, between 0 and 1", () => {
    expect(ringOf(0)).toBe(0);
    expect(ringOf(0.0316)).toBeCloseTo(0.5, 1);
    expect(ringOf(1)).toBe(1);
  });
});

describe("Announcements", () => {
  const host = person("h", { role: "host" });

  it("tell the host of a hand, once", () => {
    const raised = person("a", { handRaised: true });
    expect(newsOf([host], [host, raised], host)).toBe(texts.announceHand("A"));
    expect(newsOf([host, raised], [host, raised], host)).toBe("");
  });

  it("do not tell a listener of other people's hands", () => {
    expect(newsOf([host], [host, person("a", { handRaised: true })], person("b"))).toBe("");
  });

  it("tell of the right to speak, to oneself and to others", () => {
    const before = [host, person("a", { handRaised: true })];
    const now = [host, person("a", { role: "speaker" })];
    expect(newsOf(before, now, person("a", { role: "speaker" }))).toBe(texts.canSpeakNow);
    expect(newsOf(before, now, host)).toBe(texts.announceSpeaker("A"));
  });

  it("tell when one's right to speak is gone", () => {
    expect(newsOf([host, person("a", { role: "speaker" })], [host], person("a"))).toBe(texts.announceYouListener);
  });
});

describe("Errors", () => {
  it("are put in words for people", () => {
    expect(errorText(new MicrophoneError("denied"))).toBe(texts.microphone.denied);
    expect(errorText(new SpacesError("NOT_FOUND", "room r9"))).toBe(texts.notFound);
    expect(errorText(new SpacesError("PERMISSION_DENIED", "Only the host."))).toBe("Only the host.");
    expect(errorText(new Error("odd"))).toBe(texts.failed("odd"));
  });
});
