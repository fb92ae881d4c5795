import { useEffect, useRef, useState } from "preact/hooks";
import type { RoomConnection } from "../sdk/index.ts";
import { ConnectionBanner } from "./connection_banner.tsx";
import { EndIcon, HandIcon, LeaveIcon, MicrophoneIcon } from "./icons.tsx";
import { ReactionButton } from "./reactions.tsx";
import type { Attempt } from "./stage.tsx";
import { texts } from "./texts.ts";

interface ControlBarProps {
  visit: RoomConnection;
  attempt: Attempt;
  onLeave: () => void;
}

/** Three places that stay where they are: what the role brings, the microphone, and the way out. */
export function ControlBar({ visit, attempt, onLeave }: ControlBarProps) {
  const isListener = visit.self.role === "listener";
  return (
    <footer class="bar">
      <ConnectionBanner visit={visit} />
      <p class="bar-hint" data-calls={!isListener && visit.microphone === "off"} aria-hidden="true">
        {hintText(visit)}
      </p>
      <div class="bar-buttons">
        <div>
          {isListener && (visit.room.rules.requestsOpen || visit.self.handRaised) && (
            <HandButton visit={visit} attempt={attempt} />
          )}
          {visit.self.role === "host" && <EndButton visit={visit} attempt={attempt} />}
          <ReactionButton visit={visit} attempt={attempt} />
        </div>
        <MicrophoneButton visit={visit} attempt={attempt} />
        <div>
          <button type="button" class="round" data-testid="leave" onClick={onLeave}>
            <LeaveIcon />
            <span>{texts.leave}</span>
          </button>
        </div>
      </div>
    </footer>
  );
}

function hintText({ self, microphone, handPlace, room }: RoomConnection): string {
  if (self.role === "listener") {
    if (self.handRaised) return texts.handIsUp(handPlace);
    return room.rules.requestsOpen ? texts.listening : texts.requestsClosed;
  }
  if (self.suppressed) return texts.suppressed;
  if (microphone === "off") return texts.canSpeakNow;
  return microphone === "on" ? texts.microphoneOn : texts.microphoneMuted;
}

function MicrophoneButton({ visit, attempt }: { visit: RoomConnection; attempt: Attempt }) {
  const [isOpening, setOpening] = useState(false);
  const maySpeak = visit.self.role !== "listener" && !visit.self.suppressed;
  const { microphone } = visit;

  const toggle = async () => {
    if (!maySpeak || isOpening) return;
    if (microphone === "on") return attempt(() => visit.mute());
    setOpening(true);
    await attempt(() => visit.unmute());
    setOpening(false);
  };

  useMuteKey(() => void toggle());
  return (
    <button
      type="button"
      class="round microphone"
      data-testid="mic"
      data-state={maySpeak ? microphone : "listener"}
      aria-keyshortcuts="M"
      title={maySpeak ? texts.muteKey : texts.joinHint}
      disabled={!maySpeak}
      aria-busy={isOpening}
      onClick={() => void toggle()}
    >
      <MicrophoneIcon crossed={microphone !== "on"} />
      <span>{isOpening ? texts.openingMicrophone : microphoneText(maySpeak, microphone)}</span>
    </button>
  );
}

function microphoneText(maySpeak: boolean, microphone: RoomConnection["microphone"]): string {
  if (!maySpeak) return texts.listeningOnly;
  if (microphone === "off") return texts.turnOnMicrophone;
  return microphone === "on" ? texts.mute : texts.unmute;
}

/** M, but not while somebody types, and not as part of a browser's shortcut. */
function useMuteKey(toggle: () => void): void {
  const newest = useRef(toggle);
  newest.current = toggle;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.closest("input, textarea, dialog") !== null;
      if (event.key.toLowerCase() !== "m" || event.repeat || isTyping) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      newest.current();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}

function HandButton({ visit, attempt }: { visit: RoomConnection; attempt: Attempt }) {
  const isUp = visit.self.handRaised;
  return (
    <button
      type="button"
      class="round"
      data-testid="raise-hand"
      aria-pressed={isUp}
      onClick={() => void attempt(() => visit.raiseHand(!isUp))}
    >
      <HandIcon />
      <span>{isUp ? texts.lowerHand : texts.raiseHand}</span>
    </button>
  );
}

function EndButton({ visit, attempt }: { visit: RoomConnection; attempt: Attempt }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" class="round" data-testid="end-space" onClick={() => dialog.current?.showModal()}>
        <EndIcon />
        <span>{texts.endSpace}</span>
      </button>
      <dialog ref={dialog} aria-labelledby="end-question">
        <h2 id="end-question">{texts.endQuestion}</h2>
        <p class="muted-text">{texts.endExplanation}</p>
        <form method="dialog" class="button-row">
          <button type="submit" data-testid="end-cancel">
            {texts.cancel}
          </button>
          <button
            type="submit"
            class="danger"
            data-testid="end-confirm"
            onClick={() => void attempt(() => visit.moderation.endRoom())}
          >
            {texts.endSpace}
          </button>
        </form>
      </dialog>
    </>
  );
}
