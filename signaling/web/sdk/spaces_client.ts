import { errorCode, SpacesError } from "./errors.ts";
import { browserPlatform, type Platform } from "./platform.ts";
import type * as wire from "./protocol.ts";
import { type JoinOptions, RoomConnection } from "./room_connection.ts";
import { type Room, toRoom } from "./room_state.ts";

export interface SpacesClientOptions {
  /** Where signaling is, such as `https://spaces.example`; by default where the page came from. */
  url?: string;
  /** The access token, or how to get one; a function is asked anew for each call and each join. */
  token: string | (() => Promise<string>);
  platform?: Platform;
}

/** One page of the rooms that are live now. */
export interface RoomPage {
  readonly rooms: readonly Room[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/**
 * The way into Spaces from a browser: opens and lists rooms, and joins one. Calls of `RoomService` go as JSON over HTTP
 * (Connect protocol), a visit as a WebSocket and one RTCPeerConnection.
 *
 * ```ts
 * const client = new SpacesClient({ token: fetchMyToken });
 * const room = await client.createRoom("Morning talk");
 * const visit = await client.join(room.id);
 * visit.on("stage", (people) => show(people));
 * await visit.speak();
 * ```
 */
export class SpacesClient {
  readonly #url: string;
  readonly #platform: Platform;
  readonly #token: () => Promise<string>;

  constructor(options: SpacesClientOptions) {
    const { token } = options;
    this.#url = (options.url ?? location.origin).replace(/\/+$/, "");
    this.#platform = options.platform ?? browserPlatform;
    this.#token = typeof token === "string" ? () => Promise.resolve(token) : token;
  }

  /** Opens a room with the bearer of the token as its host. Grant: create. */
  async createRoom(title: string): Promise<Room> {
    const request: wire.CreateRoomRequest = { title };
    const response = await this.#call<wire.CreateRoomResponse>("CreateRoom", request);
    return toRoom(response.room ?? {});
  }

  /** One room, ended ones included for as long as the server keeps them. */
  async getRoom(roomId: string): Promise<Room> {
    const request: wire.GetRoomRequest = { roomId };
    const response = await this.#call<wire.GetRoomResponse>("GetRoom", request);
    return toRoom(response.room ?? {});
  }

  /** Rooms that are live now, newest first. `pageSize` is 1-200. */
  async listRooms(pageToken = "", pageSize = 50): Promise<RoomPage> {
    const request: wire.ListRoomsRequest = { pageSize, pageToken };
    const response = await this.#call<wire.ListRoomsResponse>("ListRooms", request);
    return { rooms: (response.rooms ?? []).map(toRoom), nextPageToken: response.nextPageToken ?? "" };
  }

  /**
   * Enters a room: one round trip from nothing to hearing it. Resolves when inside.
   * @throws SpacesError where the server refuses, or cannot be reached for 20 s.
   */
  async join(roomId: string, options: JoinOptions = {}): Promise<RoomConnection> {
    const signalUrl = `${this.#url.replace(/^http/, "ws")}/v1/signal`;
    const surroundings = { platform: this.#platform, signalUrl, token: this.#token };
    const connection = new RoomConnection(surroundings, roomId, options);
    return new Promise((resolve, reject) => {
      connection.on("state", (state) => state === "connected" && resolve(connection));
      connection.on("ended", ({ error }) => reject(error ?? new SpacesError("ENDED", "The room has ended.")));
      void connection.run();
    });
  }

  async #call<Response extends object>(method: string, request: object): Promise<Response> {
    const headers = { "content-type": "application/json", authorization: `Bearer ${await this.#token()}` };
    const init: RequestInit = { method: "POST", headers, body: JSON.stringify(request) };
    const response = await this.#fetch(`${this.#url}/spaces.v1.RoomService/${method}`, init);
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw refusal(response.status, body);
    return body as Response;
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#platform.fetch(url, init);
    } catch {
      throw new SpacesError("UNAVAILABLE", "The server could not be reached. Check the connection and try again.");
    }
  }
}

/** A Connect error is `{"code": "not_found", "message": "…"}` with a matching HTTP status. */
function refusal(status: number, body: unknown): SpacesError {
  const { code, message } = (typeof body === "object" && body !== null ? body : {}) as {
    code?: string;
    message?: string;
  };
  if (code === undefined) return new SpacesError("UNAVAILABLE", `The server answered with HTTP status ${status}.`);
  return new SpacesError(errorCode(code), message ?? `The server refused with ${code}.`);
}
