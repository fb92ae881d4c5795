import type { Participant, RoomConnection } from "../sdk/index.ts";
import { Avatar } from "./common.tsx";
import { MicrophoneIcon } from "./icons.tsx";
import { texts } from "./texts.ts";
import { useTalking } from "./use_visit.ts";

export type Attempt = (action: () => Promise<void>) => Promise<void>;

export function Stage({ visit, attempt }: { visit: RoomConnection; attempt: Attempt }) {
  const talking = useTalking(visit);
  const people = visit.stage.filter((person) => person.role !== "listener");
  const canDecide = visit.self.role === "host";
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
            onMove={
              canDecide && person.role === "speaker"
                ? () => void attempt(() => visit.setRole(person.id, "listener"))
                : undefined
            }
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
  onMove: (() => void) | undefined;
}

function Person({ person, isSelf, isMuted, level, onMove }: PersonProps) {
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
      {onMove !== undefined && (
        <button
          type="button"
          class="small"
          data-testid={`make-listener-${person.id}`}
          aria-label={texts.moveToListenersLabel(person.name)}
          onClick={onMove}
        >
          {texts.moveToListeners}
        </button>
      )}
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
  return isSelf ? texts.you : texts.speaker;
}

function stateText(isMuted: boolean, isTalking: boolean): string {
  if (isMuted) return texts.muted;
  return isTalking ? texts.talking : "";
}
