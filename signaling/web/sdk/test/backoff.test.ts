import { describe, expect, it } from "vitest";
import { Backoff } from "../backoff.ts";

describe("Backoff", () => {
  it("doubles from 0.3 s to 5 s and stays there", () => {
    const backoff = new Backoff(() => 1);
    const waits = Array.from({ length: 8 }, () => backoff.next());
    expect(waits).toEqual([300, 600, 1200, 2400, 4800, 5000, 5000, 5000]);
  });

  it("spreads clients over half of each wait", () => {
    expect(new Backoff(() => 0).next()).toBe(150);
    expect(new Backoff(() => 0.5).next()).toBe(225);
  });

  it("waits at least as long as the server asked for", () => {
    expect(new Backoff(() => 0).next(2000)).toBe(2000);
  });

  it("starts small again after a reset", () => {
    const backoff = new Backoff(() => 1);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(300);
  });
});
