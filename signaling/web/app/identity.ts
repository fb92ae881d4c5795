/**
 * Who this window is. The account is a random id kept in the browser; a second window takes one of its own, since the
 * server lets an account be in a room only once: whoever tries things out with two windows wants two people.
 */

const IDENTITY_KEY = "spaces.identity";
const NAME_KEY = "spaces.name";
/** How long a reloaded page waits for its former self to let go of the identity, milliseconds. */
const RELEASE_TIME_MS = 500;

export interface Stores {
  readonly window: Storage;
  readonly browser: Storage;
}

/** Takes an identity for as long as the window is open; false where another window has it. */
export type Claim = (identity: string, waitMs: number) => Promise<boolean>;

export async function claimIdentity(stores: Stores, claim: Claim): Promise<string> {
  const own = stores.window.getItem(IDENTITY_KEY);
  if (own !== null && (await claim(own, RELEASE_TIME_MS))) return own;
  const shared = stores.browser.getItem(IDENTITY_KEY);
  if (shared !== null && shared !== own && (await claim(shared, 0))) return keep(stores, shared);
  const fresh = randomIdentity();
  await claim(fresh, 0);
  if (shared === null) stores.browser.setItem(IDENTITY_KEY, fresh);
  return keep(stores, fresh);
}

export function rememberedName(stores: Stores): string {
  return stores.window.getItem(NAME_KEY) ?? stores.browser.getItem(NAME_KEY) ?? "";
}

export function rememberName(stores: Stores, name: string): void {
  stores.window.setItem(NAME_KEY, name);
  stores.browser.setItem(NAME_KEY, name);
}

/** By a lock of the browser, which it gives back when the window goes away however that happens. */
export const claimByLock: Claim = (identity, waitMs) => {
  // Absent on pages without HTTPS: there every window keeps to its own.
  const locks = navigator.locks as LockManager | undefined;
  if (locks === undefined) return Promise.resolve(waitMs > 0);
  return new Promise((resolve) => {
    const options: LockOptions = waitMs > 0 ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true };
    const held = locks.request(`${IDENTITY_KEY}.${identity}`, options, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<void>(() => undefined);
    });
    held.catch(() => resolve(false));
  });
};

function keep(stores: Stores, identity: string): string {
  stores.window.setItem(IDENTITY_KEY, identity);
  return identity;
}

function randomIdentity(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `web-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
