import { useEffect, useState } from "preact/hooks";
import { handsOf, isModerator, type Participant, type RoomConnection } from "../sdk/index.ts";
import { Avatar } from "./common.tsx";
import { PersonMenu } from "./person_menu.tsx";
import type { Attempt } from "./stage.tsx";
import { texts } from "./texts.ts";

interface PanelProps {
  visit: RoomConnection;
  attempt: Attempt;
}

/** Raised hands in the order they went up, for host and co-hosts to choose from, and who was invited. */
export function HandsPanel({ visit, attempt }: PanelProps) {
  const hands = handsOf(visit.stage);
  const invited = visit.stage.filter((person) => person.role === "listener" && !person.handRaised);
  return (
    <section class="card panel" aria-labelledby="hands-heading" data-testid="hands">
      <h2 id="hands-heading">
        {texts.handsHeading}
        {hands.length > 0 && <span class="count">{hands.length}</span>}
      </h2>
      {hands.length === 0 && <p class="muted-text">{texts.noHands}</p>}
      <ol class="people-list">
        {hands.map((person) => (
          <PersonRow key={person.id} person={person} visit={visit} attempt={attempt} testId={`hand-${person.id}`} />
        ))}
      </ol>
      {hands.length > 1 && (
        <button
          type="button"
          class="small"
          data-testid="lower-all-hands"
          onClick={() => void attempt(() => visit.moderation.lowerAllHands())}
        >
          {texts.lowerAllHands}
        </button>
      )}
      {invited.length > 0 && (
        <ul class="people-list" data-testid="invited-people">
          {invited.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              visit={visit}
              attempt={attempt}
              testId={`invited-${person.id}`}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

/**
 * Who listens, a page at a time and only when somebody looks: the list is not pushed to everybody, since nobody could
 * afford that in a large room.
 */
export function ListenersPanel({ visit, attempt }: PanelProps) {
  const [isOpen, setOpen] = useState(false);
  const hasListeners = visit.room.listenerCount > 0;
  return (
    <section class="card panel" aria-labelledby="listeners-heading">
      <h2 id="listeners-heading">{texts.listenersHeading}</h2>
      {!hasListeners && <p class="muted-text">{texts.noListeners}</p>}
      {hasListeners && (
        <button
          type="button"
          class="small"
          data-testid="show-listeners"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? texts.hideListeners : texts.showListeners}
        </button>
      )}
      {hasListeners && isOpen && <ListenerPages visit={visit} attempt={attempt} />}
    </section>
  );
}

function ListenerPages({ visit, attempt }: PanelProps) {
  const [people, setPeople] = useState<readonly Participant[]>([]);
  const [nextPage, setNextPage] = useState("");

  const load = (pageToken: string) =>
    attempt(async () => {
      const page = await visit.listParticipants(pageToken);
      setPeople((before) => (pageToken === "" ? page.participants : [...before, ...page.participants]));
      setNextPage(page.nextPageToken);
    });

  useEffect(() => void load(""), [visit.room.listenerCount, visit.stage]);

  const onStage = new Set(visit.stage.map((person) => person.id));
  const listeners = people.filter((person) => person.role === "listener" && !onStage.has(person.id));
  return (
    <>
      <ul class="people-list">
        {listeners.map((person) => (
          <PersonRow key={person.id} person={person} visit={visit} attempt={attempt} testId={`listener-${person.id}`} />
        ))}
      </ul>
      {nextPage !== "" && (
        <button type="button" class="small" onClick={() => void load(nextPage)}>
          {texts.more}
        </button>
      )}
    </>
  );
}

function PersonRow({ person, visit, attempt, testId }: PanelProps & { person: Participant; testId: string }) {
  const canDecide = isModerator(visit.self) && person.id !== visit.self.id;
  return (
    <li data-testid={testId} data-identity={person.identity} data-name={person.name}>
      <Avatar id={person.identity} name={person.name} />
      <span class="person-name">{person.id === visit.self.id ? `${person.name} (${texts.you})` : person.name}</span>
      {person.invitedToSpeak && <span class="tag">{texts.invitedTag}</span>}
      {canDecide && (
        <button
          type="button"
          class="small"
          data-testid={`make-speaker-${person.id}`}
          aria-label={texts.letSpeakLabel(person.name)}
          onClick={() => void attempt(() => visit.moderation.setRole(person.id, "speaker"))}
        >
          {texts.letSpeak}
        </button>
      )}
      <PersonMenu visit={visit} person={person} attempt={attempt} />
    </li>
  );
}
