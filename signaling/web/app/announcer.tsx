import { useRef, useState } from "preact/hooks";
import { isModerator, type Participant, type RoomConnection } from "../sdk/index.ts";
import { texts } from "./texts.ts";
import { useVisitEvent } from "./use_visit.ts";

/** Says to screen readers what others see happen: hands, roles, the connection. */
export function Announcer({ visit }: { visit: RoomConnection }) {
  const [text, setText] = useState("");
  const before = useRef(visit.stage);
  const wasConnected = useRef(true);

  useVisitEvent(visit, "stage", (stage) => {
    const news = newsOf(before.current, stage, visit.self);
    before.current = stage;
    if (news !== "") setText(news);
  });
  useVisitEvent(visit, "state", (state) => {
    if (state === "connected" && !wasConnected.current) setText(texts.announceReconnected);
    wasConnected.current = state === "connected";
  });

  return (
    <p class="visually-hidden" aria-live="polite" data-testid="announcement">
      {text}
    </p>
  );
}

/** What changed on stage, in a sentence each; hands are news for host and co-hosts only. */
export function newsOf(before: readonly Participant[], now: readonly Participant[], self: Participant): string {
  const old = new Map(before.map((person) => [person.id, person]));
  const news = now.flatMap((person) => {
    const known = old.get(person.id);
    const maySpeakNow = person.role !== "listener" && (known?.role ?? "listener") === "listener";
    if (maySpeakNow) return [person.id === self.id ? texts.canSpeakNow : texts.announceSpeaker(person.name)];
    if (person.id === self.id && person.invitedToSpeak && known?.invitedToSpeak !== true)
      return [texts.announceInvited];
    const isNewHand = person.role === "listener" && person.handRaised && known?.handRaised !== true;
    return isNewHand && isModerator(self) ? [texts.announceHand(person.name)] : [];
  });
  const wasSpeaker = (old.get(self.id)?.role ?? "listener") !== "listener";
  if (wasSpeaker && self.role === "listener") news.push(texts.announceYouListener);
  return news.join(" ");
}
