import { describe, expect, it } from "vitest";
import { browserPlatform, SpacesClient } from "../index.ts";

interface Call {
  url: string;
  init: RequestInit;
}

/** A client whose calls are answered with `status` and `body`. */
function clientAnswered(status: number, body: string): { client: SpacesClient; calls: Call[] } {
  const calls: Call[] = [];
  const fetch = (url: string, init: RequestInit) => {
    calls.push({ url, init });
    return Promise.resolve(new Response(body, { status }));
  };
  const platform = { ...browserPlatform, fetch };
  return { client: new SpacesClient({ url: "https://spaces.example", token: "t", platform }), calls };
}

describe("SpacesClient", () => {
  it("creates a room by a Connect call with the token in a header", async () => {
    const { client, calls } = clientAnswered(
      200,
      '{"room":{"id":"r1","title":"Talk","createdAt":"2026-01-01T00:00:00Z"}}',
    );
    const room = await client.createRoom("Talk");
    expect(room).toMatchObject({ id: "r1", title: "Talk", live: true, listenerCount: 0 });
    expect(room.createdAt?.getUTCFullYear()).toBe(2026);
    expect(calls[0]?.url).toBe("https://spaces.example/spaces.v1.RoomService/CreateRoom");
    expect(calls[0]?.init).toMatchObject({
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer t" },
      body: '{"title":"Talk"}',
    });
  });

  it("lists rooms by pages", async () => {
    const { client, calls } = clientAnswered(200, '{"rooms":[{"id":"a"},{"id":"b"}],"nextPageToken":"n"}');
    const page = await client.listRooms("p", 2);
    expect(page.rooms.map((room) => room.id)).toEqual(["a", "b"]);
    expect(page.nextPageToken).toBe("n");
    expect(calls[0]?.init.body).toBe('{"pageSize":2,"pageToken":"p"}');
  });

  it("takes an empty list for one", async () => {
    expect(await clientAnswered(200, "{}").client.listRooms()).toEqual({ rooms: [], nextPageToken: "" });
  });

  it("hands on a refusal with its code and sentence", async () => {
    const { client } = clientAnswered(404, '{"code":"not_found","message":"There is no room r9."}');
    await expect(client.getRoom("r9")).rejects.toMatchObject({ code: "NOT_FOUND", message: "There is no room r9." });
  });

  it("says that the server is unavailable where something else answers", async () => {
    const { client } = clientAnswered(502, "<html>Bad gateway</html>");
    await expect(client.listRooms()).rejects.toMatchObject({ code: "UNAVAILABLE", isTemporary: true });
  });

  it("says that the server is unavailable where nothing answers", async () => {
    const platform = { ...browserPlatform, fetch: () => Promise.reject(new TypeError("Failed to fetch")) };
    const client = new SpacesClient({ url: "https://spaces.example", token: "t", platform });
    await expect(client.listRooms()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
