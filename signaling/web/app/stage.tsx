import type { ComponentChildren } from "preact";
import type { Participant, RoomConnection } from "../sdk/index.ts";
import { Avatar } from "./common.tsx";
import { MicrophoneIcon } from "./icons.tsx";
import { PersonMenu } from "./person_menu.tsx";
import { texts } from "./texts.ts";
import { useTalking } from "./use_visit.ts";

export type Attempt = (action: () => Promise<void>) => Promise<void>;

export function Stage({ visit, attempt }: { visit: RoomConnection; attempt: Attempt }) {
  const talking = useTalking(visit);
  const people = visit.stage.filter((person) => person.role !== "listener");
  return (
    <section aria-labelledby="stage-heading">
      <h2 id="stage-heading">{texts.onStage}</h2>
      <ul class="stage" data-testid="stage">
        {people.map((person) => (
          <Person
            key={person.id}
            person={person}
            isSelf={person.id === visit.self.id}
            isMuted={person.id === visit.self.id ? visit.microphone !== "on" : person.muted}
            level={talking.get(person.id)}
            menu={<PersonMenu visit={visit} person={person} attempt={attempt} />}
          />
        ))}
      </ul>
    </section>
  );
}

interface PersonProps {
  person: Participant;
  isSelf: boolean;
  isMuted: boolean;
  /** Undefined while not talking. */
  level: number | undefined;
  menu: ComponentChildren;
}

function Person({ person, isSelf, isMuted, level, menu }: PersonProps) {
  const isTalking = level !== undefined && !isMuted;
  return (
    <li
      class="person"
      data-testid={`participant-${person.id}`}
      data-identity={person.identity}
      data-name={person.name}
      data-role={person.role}
      data-muted={isMuted}
      data-talking={isTalking}
      data-suppressed={person.suppressed}
      data-connected={person.connected}
    >
      <span class="avatar-frame" style={{ "--level": isTalking ? ringOf(level) : 0 }}>
        <Avatar id={person.identity} name={person.name} />
        {isMuted && (
          <span class="badge" title={texts.muted}>
            <MicrophoneIcon crossed />
          </span>
        )}
      </span>
      <strong class="person-name">{person.name}</strong>
      <span class="muted-text">{roleText(person, isSelf)}</span>
      <span class="visually-hidden">{stateText(isMuted, isTalking)}</span>
      {menu}
    </li>
  );
}

/** Loudness as people feel it: speech lies between -50 and -10 dB. */
export function ringOf(level: number): number {
  const db = 20 * Math.log10(Math.max(level, 1e-5));
  return Math.round(Math.min(1, Math.max(0, (db + 50) / 40)) * 100) / 100;
}

function roleText(person: Participant, isSelf: boolean): string {
  if (!person.connected) return texts.away;
  if (person.role === "host") return isSelf ? `${texts.host} · ${texts.you}` : texts.host;
  if (person.role === "co-host") return isSelf ? `${texts.coHost} · ${texts.you}` : texts.coHost;
  return isSelf ? texts.you : texts.speaker;
}

function stateText(isMuted: boolean, isTalking: boolean): string {
  if (isMuted) return texts.muted;
  return isTalking ? texts.talking : "";
}
