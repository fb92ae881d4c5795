import { vi } from "vitest";
import type { JoinOptions, RoomConnection } from "../index.ts";
import { SpacesClient } from "../index.ts";
import type { Participant } from "../protocol.ts";
import { FakePlatform } from "./fake_platform.ts";
import { FakeServer, SELF } from "./fake_server.ts";

/** A client, a server and a browser in memory, with a clock that the test moves. */
export class Scene {
  readonly server = new FakeServer();
  readonly platform = new FakePlatform(this.server);
  tokenCount = 0;
  readonly client = new SpacesClient({
    url: "https://spaces.example/",
    token: () => Promise.resolve(`token-${++this.tokenCount}`),
    platform: this.platform.asPlatform(),
  });

  async join(options?: JoinOptions): Promise<RoomConnection> {
    const visit = await this.client.join("r1", options);
    this.platform.connection.become("connected");
    await this.settle();
    return visit;
  }

  /** Joined, with the right to speak. */
  async joinAsSpeaker(): Promise<RoomConnection> {
    this.server.self = speaker();
    this.server.snapshot = { ...this.server.snapshot, stage: [...(this.server.snapshot.stage ?? []), speaker()] };
    return this.join();
  }

  /** Lets everything happen that needs no time, or `ms` of it. */
  async settle(ms = 0): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
  }
}

export function speaker(changes: Participant = {}): Participant {
  return { ...SELF, role: "ROLE_SPEAKER", muted: true, ...changes };
}

/** All payloads of an event from now on. */
export function recorded<T>(on: (listener: (payload: T) => void) => void): T[] {
  const list: T[] = [];
  on((payload) => list.push(payload));
  return list;
}
