import { useEffect, useId, useState } from "preact/hooks";
import { type Room, type RoomConnection } from "../sdk/index.ts";
import { Avatar, ErrorNote, NameField } from "./common.tsx";
import { errorText } from "./error_text.ts";
import { linkOf } from "./route.ts";
import type { Session } from "./session.ts";
import { texts } from "./texts.ts";

interface StartPageProps {
  session: Session;
  onEnter: (visit: RoomConnection) => void;
  onOpen: (roomId: string) => void;
}

export function StartPage({ session, onEnter, onOpen }: StartPageProps) {
  useEffect(() => {
    document.title = texts.product;
  }, []);
  return (
    <main id="content" class="start">
      <header class="masthead">
        <img src="/favicon.svg" alt="" width="44" height="44" />
        <div>
          <h1>{texts.product}</h1>
          <p>{texts.tagline}</p>
        </div>
      </header>
      <StartForm session={session} onEnter={onEnter} />
      <LiveRooms session={session} onOpen={onOpen} />
    </main>
  );
}

function StartForm({ session, onEnter }: { session: Session; onEnter: (visit: RoomConnection) => void }) {
  const [name, setName] = useState(session.name);
  const [title, setTitle] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const titleId = useId();
  const defaultTitle = texts.topicPlaceholder(name.trim());

  const start = async () => {
    if (name.trim() === "") {
      setError(texts.nameMissing);
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      session.name = name;
      const room = await session.client.createRoom(title.trim() === "" ? defaultTitle : title.trim());
      onEnter(await session.join(room.id));
    } catch (failure) {
      setError(errorText(failure));
      setBusy(false);
    }
  };

  return (
    <form
      class="card"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <NameField name={name} onName={setName} />
      <div class="field">
        <label for={titleId}>{texts.topic}</label>
        <input
          id={titleId}
          data-testid="start-title"
          type="text"
          maxLength={200}
          placeholder={defaultTitle}
          value={title}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
      </div>
      <button type="submit" class="primary" data-testid="start-space" disabled={isBusy}>
        {isBusy ? texts.starting : texts.startSpace}
      </button>
      <ErrorNote text={error} />
    </form>
  );
}

/** How often the list of live rooms is asked for while the page is looked at, milliseconds. */
const REFRESH_MS = 4_000;

function useLiveRooms(session: Session): { rooms: readonly Room[] | undefined; error: string | undefined } {
  const [rooms, setRooms] = useState<readonly Room[]>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    let isGone = false;
    const refresh = async () => {
      if (document.hidden) return;
      try {
        const page = await session.client.listRooms();
        if (isGone) return;
        setRooms(page.rooms);
        setError(undefined);
      } catch (failure) {
        if (!isGone) setError(errorText(failure));
      }
    };
    const onVisible = () => void refresh();
    void refresh();
    const timer = setInterval(onVisible, REFRESH_MS);
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      isGone = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [session]);
  return { rooms, error };
}

function LiveRooms({ session, onOpen }: { session: Session; onOpen: (roomId: string) => void }) {
  const { rooms, error } = useLiveRooms(session);
  return (
    <section class="live-rooms" aria-labelledby="live-heading">
      <h2 id="live-heading">{texts.liveNow}</h2>
      {error !== undefined && <p class="muted-text">{error}</p>}
      {error === undefined && rooms === undefined && <p class="muted-text">{texts.loadingRooms}</p>}
      {error === undefined && rooms?.length === 0 && <p class="muted-text">{texts.noRooms}</p>}
      <ul>
        {rooms?.map((room) => (
          <li key={room.id}>
            <RoomCard room={room} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RoomCard({ room, onOpen }: { room: Room; onOpen: (roomId: string) => void }) {
  const open = (event: MouseEvent) => {
    // Left to the browser: a new tab or window.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(room.id);
  };
  return (
    <a class="card room-card" href={linkOf(room.id)} data-testid={`live-room-${room.id}`} onClick={open}>
      <Avatar id={room.hostIdentity} name={room.hostName} />
      <span class="room-card-text">
        <strong>{room.title}</strong>
        <span class="muted-text">{texts.hostedBy(room.hostName)}</span>
        <span class="muted-text">
          {texts.speakerCount(room.speakerCount)} · {texts.listenerCount(room.listenerCount)}
        </span>
      </span>
    </a>
  );
}
