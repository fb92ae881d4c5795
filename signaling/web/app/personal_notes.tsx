import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { RoomConnection } from "../sdk/index.ts";
import type { Attempt } from "./stage.tsx";
import { texts } from "./texts.ts";
import { useVisitEvent } from "./use_visit.ts";

interface PersonalNotesProps {
  visit: RoomConnection;
  attempt: Attempt;
}

/** What concerns this person alone: an invitation to speak, the wish that they unmute, the end of their turn. */
export function PersonalNotes({ visit, attempt }: PersonalNotesProps) {
  const [asker, setAsker] = useState<string>();
  const [turnSeconds, setTurnSeconds] = useState<number>();
  const [notice, setNotice] = useState<string>();
  useVisitEvent(visit, "askedToUnmute", setAsker);
  useVisitEvent(visit, "turnEnding", (ms) => setTurnSeconds(Math.ceil(ms / 1000)));
  useVisitEvent(visit, "notice", setNotice);

  const isSilent = visit.self.role !== "listener" && visit.microphone !== "on";
  const unmute = () => {
    setAsker(undefined);
    void attempt(() => visit.unmute());
  };
  return (
    <div class="notes" role="status">
      {visit.self.invitedToSpeak && <InvitationNote visit={visit} attempt={attempt} />}
      {asker !== undefined && isSilent && (
        <Note testId="asked-to-unmute" text={texts.askedToUnmute(asker)}>
          <button type="button" onClick={() => setAsker(undefined)}>
            {texts.notNow}
          </button>
          <button type="button" class="primary" data-testid="unmute-as-asked" onClick={unmute}>
            {texts.turnOnMicrophone}
          </button>
        </Note>
      )}
      {turnSeconds !== undefined && visit.self.role === "speaker" && (
        <Note testId="turn-ending" text={texts.turnEnding(turnSeconds)} />
      )}
      {notice !== undefined && (
        <Note testId="notice" text={notice}>
          <button type="button" class="quiet" onClick={() => setNotice(undefined)}>
            {texts.dismiss}
          </button>
        </Note>
      )}
    </div>
  );
}

function InvitationNote({ visit, attempt }: PersonalNotesProps) {
  const answer = (accept: boolean) => void attempt(() => visit.answerInvitation(accept));
  return (
    <Note testId="invited" text={texts.invited}>
      <button type="button" data-testid="decline-invitation" onClick={() => answer(false)}>
        {texts.decline}
      </button>
      <button type="button" class="primary" data-testid="accept-invitation" onClick={() => answer(true)}>
        {texts.accept}
      </button>
    </Note>
  );
}

function Note({ testId, text, children }: { testId: string; text: string; children?: ComponentChildren }) {
  return (
    <div class="note card" data-testid={testId}>
      <p>{text}</p>
      {children !== undefined && <div class="button-row">{children}</div>}
    </div>
  );
}
