import { useRef } from "preact/hooks";
import type { Room, RoomChanges, RoomConnection, RoomRules, SpeakPolicy } from "../sdk/index.ts";
import { SettingsIcon } from "./icons.tsx";
import type { Attempt } from "./stage.tsx";
import { texts } from "./texts.ts";

interface RoomSettingsProps {
  visit: RoomConnection;
  attempt: Attempt;
}

const POLICIES: readonly SpeakPolicy[] = ["everyone", "followed", "invited"];
const TURNS_SECONDS = [0, 60, 120, 300, 600];

/** The rules of the room, in force for everybody as soon as they are saved. */
export function RoomSettings({ visit, attempt }: RoomSettingsProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { room, moderation } = visit;

  const save = (form: HTMLFormElement) => {
    const changes = changesIn(new FormData(form), room.title, room.rules);
    if (Object.keys(changes).length > 0) void attempt(() => moderation.update(changes));
  };
  const muteAll = () => {
    dialog.current?.close();
    void attempt(() => moderation.muteAll());
  };
  return (
    <>
      <button type="button" class="pill" data-testid="settings" onClick={() => dialog.current?.showModal()}>
        <SettingsIcon />
        {texts.settings}
      </button>
      <dialog ref={dialog} aria-labelledby="settings-heading">
        <h2 id="settings-heading">{texts.settingsHeading}</h2>
        <form method="dialog" class="settings" onSubmit={(event) => save(event.currentTarget)}>
          <RuleFields room={room} />
          <div class="button-row">
            <button type="button" onClick={() => dialog.current?.close()}>
              {texts.cancel}
            </button>
            <button type="submit" class="primary" data-testid="settings-save">
              {texts.save}
            </button>
          </div>
        </form>
        <button type="button" class="danger-quiet" data-testid="mute-all" onClick={muteAll}>
          {texts.muteAll}
        </button>
      </dialog>
    </>
  );
}

function RuleFields({ room: { title, rules } }: { room: Room }) {
  return (
    <>
      <label>
        {texts.titleLabel}
        <input name="title" required maxLength={200} defaultValue={title} data-testid="settings-title" />
      </label>
      <label>
        {texts.whoMaySpeak}
        <select name="speakPolicy" data-testid="settings-policy">
          {POLICIES.map((policy) => (
            <option key={policy} value={policy} selected={policy === rules.speakPolicy}>
              {texts.speakPolicies[policy]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {texts.turnLength}
        <select name="turnSeconds" data-testid="settings-turn">
          {turnsWith(rules.turnSeconds).map((seconds) => (
            <option key={seconds} value={seconds} selected={seconds === rules.turnSeconds}>
              {texts.turn(seconds)}
            </option>
          ))}
        </select>
      </label>
      <Check name="requestsOpen" isOn={rules.requestsOpen} label={texts.requestsOpen} />
      <Check name="reactionsOpen" isOn={rules.reactionsOpen} label={texts.reactionsOpen} />
    </>
  );
}

function Check({ name, isOn, label }: { name: string; isOn: boolean; label: string }) {
  return (
    <label class="check">
      <input type="checkbox" name={name} defaultChecked={isOn} data-testid={`settings-${name}`} />
      {label}
    </label>
  );
}

/** Only what was changed is sent, so that two people who change different things do not undo each other's. */
function changesIn(form: FormData, title: string, rules: RoomRules): RoomChanges {
  const newTitle = form.get("title") as string;
  const speakPolicy = form.get("speakPolicy") as SpeakPolicy;
  const turnSeconds = Number(form.get("turnSeconds"));
  const requestsOpen = form.has("requestsOpen");
  const reactionsOpen = form.has("reactionsOpen");
  return {
    ...(newTitle !== title && { title: newTitle }),
    ...(speakPolicy !== rules.speakPolicy && { speakPolicy }),
    ...(turnSeconds !== rules.turnSeconds && { turnSeconds }),
    ...(requestsOpen !== rules.requestsOpen && { requestsOpen }),
    ...(reactionsOpen !== rules.reactionsOpen && { reactionsOpen }),
  };
}

/** An application may have set another length than the page offers. */
function turnsWith(seconds: number): readonly number[] {
  return TURNS_SECONDS.includes(seconds) ? TURNS_SECONDS : [...TURNS_SECONDS, seconds];
}
