/** Where the page is: `/` or `/r/{roomId}`. */
export type Route = { readonly page: "start" } | { readonly page: "room"; readonly roomId: string };

export function parseRoute(path: string): Route {
  const roomId = /^\/r\/([A-Za-z0-9_-]{1,64})\/?$/.exec(path)?.[1];
  return roomId === undefined ? { page: "start" } : { page: "room", roomId };
}

export function pathOf(route: Route): string {
  return route.page === "start" ? "/" : `/r/${route.roomId}`;
}

export function linkOf(roomId: string): string {
  return new URL(pathOf({ page: "room", roomId }), location.origin).href;
}
