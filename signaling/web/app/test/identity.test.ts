// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { type Claim, claimIdentity, rememberedName, rememberName, type Stores } from "../identity.ts";

/** A browser profile: what its windows share. */
class Profile {
  readonly taken = new Set<string>();
  readonly claim: Claim = (identity) => {
    if (this.taken.has(identity)) return Promise.resolve(false);
    this.taken.add(identity);
    return Promise.resolve(true);
  };
}

describe("A window's identity", () => {
  let profile: Profile;
  let stores: Stores;
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    profile = new Profile();
    stores = { window: sessionStorage, browser: localStorage };
  });

  it("is random at first, and remembered", async () => {
    const identity = await claimIdentity(stores, profile.claim);
    expect(identity).toMatch(/^web-[0-9a-f]{24}$/);
    profile.taken.clear();
    sessionStorage.clear();
    expect(await claimIdentity(stores, profile.claim)).toBe(identity);
  });

  it("is another one in a second window, so that two windows are two people", async () => {
    const first = await claimIdentity(stores, profile.claim);
    sessionStorage.clear();
    const second = await claimIdentity(stores, profile.claim);
    expect(second).not.toBe(first);
    expect(localStorage.getItem("spaces.identity")).toBe(first);
  });

  it("is another one in a duplicated window, which starts with a copy of the first one's memory", async () => {
    const first = await claimIdentity(stores, profile.claim);
    expect(await claimIdentity(stores, profile.claim)).not.toBe(first);
  });

  it("stays the second window's own over a reload", async () => {
    await claimIdentity(stores, profile.claim);
    sessionStorage.clear();
    const second = await claimIdentity(stores, profile.claim);
    profile.taken.delete(second);
    expect(await claimIdentity(stores, profile.claim)).toBe(second);
  });

  it("remembers a name for the window first, then for the browser", () => {
    expect(rememberedName(stores)).toBe("");
    rememberName(stores, "Ada");
    sessionStorage.clear();
    expect(rememberedName(stores)).toBe("Ada");
  });
});
