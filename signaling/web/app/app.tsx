import { useCallback, useEffect, useState } from "preact/hooks";
import type { RoomConnection } from "../sdk/index.ts";
import { LobbyPage } from "./lobby_page.tsx";
import { RoomPage } from "./room_page.tsx";
import { parseRoute, pathOf, type Route } from "./route.ts";
import type { Session } from "./session.ts";
import { StartPage } from "./start_page.tsx";
import { texts } from "./texts.ts";

/** The page: the start, the door of a room, or a room. */
export function App({ session }: { session: Session }) {
  const [route, setRoute] = useState<Route>(() => parseRoute(location.pathname));
  const [visit, setVisit] = useState<RoomConnection>();

  useEffect(() => {
    const onPopState = () => {
      setVisit(undefined);
      setRoute(parseRoute(location.pathname));
    };
    addEventListener("popstate", onPopState);
    return () => removeEventListener("popstate", onPopState);
  }, []);

  const go = useCallback((to: Route, entered?: RoomConnection) => {
    if (pathOf(to) !== location.pathname) history.pushState(null, "", pathOf(to));
    setVisit(entered);
    setRoute(to);
    scrollTo(0, 0);
  }, []);

  const goToStart = useCallback(() => go({ page: "start" }), [go]);
  const enter = useCallback((entered: RoomConnection) => go({ page: "room", roomId: entered.roomId }, entered), [go]);

  return (
    <>
      <a class="skip-link" href="#content">
        {texts.skipToContent}
      </a>
      {route.page === "start" && (
        <StartPage session={session} onEnter={enter} onOpen={(roomId) => go({ page: "room", roomId })} />
      )}
      {route.page === "room" && visit === undefined && (
        <LobbyPage key={route.roomId} session={session} roomId={route.roomId} onEnter={enter} onLeave={goToStart} />
      )}
      {route.page === "room" && visit !== undefined && (
        <RoomPage key={visit.self.id} visit={visit} session={session} onEnter={enter} onLeave={goToStart} />
      )}
    </>
  );
}
