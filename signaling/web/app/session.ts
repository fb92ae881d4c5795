import { type RoomConnection, SpacesClient, SpacesError } from "../sdk/index.ts";
import { claimByLock, claimIdentity, rememberedName, rememberName, type Stores } from "./identity.ts";
import { texts } from "./texts.ts";

/** Name for calls before the person has given one, such as the list of rooms. */
const NAMELESS = "Guest";

/** This window's person and their client. */
export class Session {
  readonly client = new SpacesClient({ token: () => this.#fetchToken() });
  #name: string;

  private constructor(
    private readonly stores: Stores,
    readonly identity: string,
  ) {
    this.#name = rememberedName(stores);
  }

  static async open(): Promise<Session> {
    const stores = { window: sessionStorage, browser: localStorage };
    return new Session(stores, await claimIdentity(stores, claimByLock));
  }

  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name.trim();
    rememberName(this.stores, this.#name);
  }

  join(roomId: string): Promise<RoomConnection> {
    return this.client.join(roomId, { audioContainer: document.body });
  }

  /** The server gives tokens to whoever asks while it runs in development mode; see README.md for other ways. */
  async #fetchToken(): Promise<string> {
    const body = JSON.stringify({ identity: this.identity, name: this.#name === "" ? NAMELESS : this.#name });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body };
    const response = await fetch("/v1/dev/token", init).catch(() => undefined);
    if (response === undefined || response.status >= 500) throw new SpacesError("UNAVAILABLE", texts.unreachable);
    if (!response.ok) throw new SpacesError("UNAUTHENTICATED", texts.noSignIn);
    const { token } = (await response.json()) as { token: string };
    return token;
  }
}
