import { useEffect, useState } from "preact/hooks";
import { type Room, type RoomConnection } from "../sdk/index.ts";
import { Avatar, ErrorNote, NameField } from "./common.tsx";
import { errorText } from "./error_text.ts";
import type { Session } from "./session.ts";
import { texts } from "./texts.ts";

interface LobbyPageProps {
  session: Session;
  roomId: string;
  onEnter: (visit: RoomConnection) => void;
  onLeave: () => void;
}

/**
 * The door of a room: what it is, and one button to go in. The button is also what lets the browser play sound.
 */
export function LobbyPage({ session, roomId, onEnter, onLeave }: LobbyPageProps) {
  const [room, setRoom] = useState<Room>();
  const [error, setError] = useState<string>();

  useEffect(() => {
    let isGone = false;
    session.client.getRoom(roomId).then(
      (found) => !isGone && setRoom(found),
      (failure: unknown) => !isGone && setError(errorText(failure)),
    );
    return () => {
      isGone = true;
    };
  }, [session, roomId]);

  useEffect(() => {
    document.title = room === undefined ? texts.product : `${room.title} · ${texts.product}`;
  }, [room]);

  const isOver = room?.live === false;
  return (
    <main id="content" class="lobby">
      <div class="card">
        <div class="lobby-room">
          {room !== undefined && <Avatar id={room.hostIdentity} name={room.hostName} />}
          <h1>{room?.title ?? texts.product}</h1>
          <p class="muted-text">{room === undefined ? " " : texts.hostedBy(room.hostName)}</p>
          <p class="muted-text">{room === undefined || isOver ? " " : texts.listenerCount(room.listenerCount)}</p>
        </div>
        {isOver && <p role="status">{texts.ended}</p>}
        {!isOver && (
          <JoinForm
            session={session}
            roomId={roomId}
            isHost={room?.hostIdentity === session.identity}
            onEnter={onEnter}
          />
        )}
        <ErrorNote text={error} />
        <button type="button" class="quiet" onClick={onLeave}>
          {texts.toStart}
        </button>
      </div>
    </main>
  );
}

interface JoinFormProps {
  session: Session;
  roomId: string;
  isHost: boolean;
  onEnter: (visit: RoomConnection) => void;
}

function JoinForm({ session, roomId, isHost, onEnter }: JoinFormProps) {
  const [name, setName] = useState(session.name);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  const join = async () => {
    if (name.trim() === "") {
      setError(texts.nameMissing);
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      session.name = name;
      onEnter(await session.join(roomId));
    } catch (failure) {
      setError(errorText(failure));
      setBusy(false);
    }
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void join();
      }}
    >
      <NameField name={name} onName={setName} />
      <button type="submit" class="primary" data-testid="join" disabled={isBusy}>
        {isBusy ? texts.joining : texts.join}
      </button>
      <p class="muted-text hint">{isHost ? texts.joinHostHint : texts.joinHint}</p>
      <ErrorNote text={error} />
    </form>
  );
}
