import { useEffect, useRef, useState } from "preact/hooks";
import { isModerator, type RoomConnection } from "../sdk/index.ts";
import { Announcer } from "./announcer.tsx";
import { ErrorNote } from "./common.tsx";
import { ControlBar } from "./control_bar.tsx";
import { errorText } from "./error_text.ts";
import { PeopleIcon } from "./icons.tsx";
import { HandsPanel, ListenersPanel } from "./people_panels.tsx";
import { PersonalNotes } from "./personal_notes.tsx";
import { PostsPanel } from "./posts_panel.tsx";
import { FloatingReactions } from "./reactions.tsx";
import { RoomSettings } from "./room_settings.tsx";
import type { Session } from "./session.ts";
import { SharePanel } from "./share_panel.tsx";
import { type Attempt, Stage } from "./stage.tsx";
import { texts } from "./texts.ts";
import { useVisit, useVisitEvent } from "./use_visit.ts";

interface RoomPageProps {
  visit: RoomConnection;
  session: Session;
  onEnter: (visit: RoomConnection) => void;
  onLeave: () => void;
}

export function RoomPage({ visit, session, onEnter, onLeave }: RoomPageProps) {
  useVisit(visit);
  useEffect(() => () => visit.leave(), [visit]);
  useEffect(() => {
    document.title = `${visit.room.title} · ${texts.product}`;
  }, [visit.room.title]);
  if (visit.ended !== undefined) {
    return <Farewell visit={visit} session={session} onEnter={onEnter} onLeave={onLeave} />;
  }
  return <LiveRoom visit={visit} onLeave={onLeave} />;
}

function LiveRoom({ visit, onLeave }: { visit: RoomConnection; onLeave: () => void }) {
  const [error, setError] = useState<string>();
  useVisitEvent(visit, "microphoneError", (failure) => setError(errorText(failure)));

  /** Does what a button asks, and says what went wrong. */
  const attempt = async (action: () => Promise<void>) => {
    setError(undefined);
    try {
      await action();
    } catch (failure) {
      setError(errorText(failure));
    }
  };

  const canDecide = isModerator(visit.self);
  return (
    <div class="room">
      <RoomHeader visit={visit} attempt={attempt} />
      <main id="content" class="room-body">
        <div class="room-main">
          <PersonalNotes visit={visit} attempt={attempt} />
          <Stage visit={visit} attempt={attempt} />
          <ErrorNote text={error} onDismiss={() => setError(undefined)} />
        </div>
        <aside class="room-side">
          {canDecide && <HandsPanel visit={visit} attempt={attempt} />}
          <PostsPanel visit={visit} attempt={attempt} />
          <SharePanel roomId={visit.roomId} title={visit.room.title} />
          <ListenersPanel visit={visit} attempt={attempt} />
        </aside>
      </main>
      <ControlBar visit={visit} attempt={attempt} onLeave={onLeave} />
      <FloatingReactions visit={visit} />
      <Announcer visit={visit} />
    </div>
  );
}

function RoomHeader({ visit, attempt }: { visit: RoomConnection; attempt: Attempt }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // A reader starts at the room's name, not at the end of the page before.
  useEffect(() => heading.current?.focus(), []);
  return (
    <header class="room-header">
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {visit.room.title}
        </h1>
        <p class="muted-text">{texts.hostedBy(visit.room.hostName)}</p>
        {visit.room.topics.length > 0 && (
          <ul class="topics">
            {visit.room.topics.map((topic) => (
              <li key={topic} class="tag">
                {topic}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div class="room-facts">
        {isModerator(visit.self) && <RoomSettings visit={visit} attempt={attempt} />}
        <ConnectionPill visit={visit} />
        <span class="pill" data-testid="listener-count" data-count={visit.room.listenerCount}>
          <PeopleIcon />
          {texts.listenerCount(visit.room.listenerCount)}
        </span>
      </div>
    </header>
  );
}

function ConnectionPill({ visit }: { visit: RoomConnection }) {
  const isWhole = visit.state === "connected" && visit.mediaState === "connected";
  const isFirst = visit.state === "connected" && visit.mediaState === "connecting";
  return (
    <span
      class="pill connection"
      data-testid="connection-state"
      data-state={visit.state}
      data-media={visit.mediaState}
      data-whole={isWhole}
    >
      <span class="dot" aria-hidden="true" />
      {isWhole ? texts.live : isFirst ? texts.connecting : texts.reconnecting}
    </span>
  );
}

function Farewell({ visit, session, onEnter, onLeave }: RoomPageProps) {
  const [error, setError] = useState<string>();
  const ended = visit.ended;
  const canReturn = ended?.reason === "replaced" || ended?.reason === "refused" || ended?.reason === "removed";
  const comeBack = async () => {
    try {
      onEnter(await session.join(visit.roomId));
    } catch (failure) {
      setError(errorText(failure));
    }
  };
  return (
    <main id="content" class="lobby">
      <div class="card farewell" data-testid="ended" data-reason={ended?.reason}>
        <h1>{visit.room.title}</h1>
        <p role="status">{farewellText(visit)}</p>
        {canReturn && (
          <button type="button" class="primary" data-testid="rejoin" onClick={() => void comeBack()}>
            {ended.reason === "replaced" ? texts.useHere : texts.tryAgain}
          </button>
        )}
        <ErrorNote text={error} />
        <button type="button" class={canReturn ? "quiet" : "primary"} data-testid="to-start" onClick={onLeave}>
          {texts.toStart}
        </button>
      </div>
    </main>
  );
}

function farewellText({ ended }: RoomConnection): string {
  switch (ended?.reason) {
    case "room-ended":
      return `${texts.ended} ${texts.endedHint}`;
    case "replaced":
      return texts.replaced;
    case "removed":
      return texts.removed;
    case "banned":
      return texts.banned;
    case "refused":
      return ended.error === undefined ? texts.couldNotJoin : errorText(ended.error);
    case "left":
    case undefined:
      return texts.left;
  }
}
