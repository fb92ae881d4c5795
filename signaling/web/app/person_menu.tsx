import { useRef } from "preact/hooks";
import { isModerator, type Participant, type RoomConnection } from "../sdk/index.ts";
import { MoreIcon } from "./icons.tsx";
import type { Attempt } from "./stage.tsx";
import { texts } from "./texts.ts";

/** One thing that can be done to somebody. */
interface Deed {
  readonly testId: string;
  readonly label: string;
  readonly isGrave?: boolean;
  readonly run: () => Promise<void>;
}

interface PersonMenuProps {
  visit: RoomConnection;
  person: Participant;
  attempt: Attempt;
}

/** All that this person may do to another, behind one button; nothing where that is nothing. */
export function PersonMenu({ visit, person, attempt }: PersonMenuProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const deeds = deedsOf(visit, person);
  if (deeds.length === 0) return null;
  const titleId = `manage-title-${person.id}`;
  return (
    <>
      <button
        type="button"
        class="small menu-button"
        data-testid={`manage-${person.id}`}
        aria-haspopup="dialog"
        aria-label={texts.manageLabel(person.name)}
        onClick={() => dialog.current?.showModal()}
      >
        <MoreIcon />
      </button>
      <dialog ref={dialog} aria-labelledby={titleId}>
        <h2 id={titleId}>{person.name}</h2>
        <form method="dialog" class="deeds">
          {deeds.map(({ testId, label, isGrave, run }) => (
            <button
              key={testId}
              type="submit"
              class={isGrave === true ? "danger-quiet" : ""}
              data-testid={`${testId}-${person.id}`}
              onClick={() => void attempt(run)}
            >
              {label}
            </button>
          ))}
          <button type="submit" class="quiet">
            {texts.cancel}
          </button>
        </form>
      </dialog>
    </>
  );
}

/** The server has the last word; this leaves out only what it would refuse anyway. */
export function deedsOf(visit: RoomConnection, person: Participant): readonly Deed[] {
  const { self, moderation } = visit;
  const isOwn = person.id === self.id;
  if (isOwn || !isModerator(self) || person.role === "host") return [];
  if (person.role === "co-host" && self.role !== "host") return [];
  const { id } = person;
  const deeds: (Deed | false)[] = [
    ...(person.role === "listener" ? audienceDeeds(visit, person) : stageDeeds(visit, person)),
    self.role === "host" && {
      testId: "hand-over",
      label: texts.makeHost,
      run: () => moderation.handOver(id),
    },
    { testId: "remove", label: texts.remove, isGrave: true, run: () => moderation.remove(id) },
    { testId: "ban", label: texts.ban, isGrave: true, run: () => moderation.ban(id) },
  ];
  return deeds.filter((deed) => deed !== false);
}

function audienceDeeds({ moderation }: RoomConnection, { id, handRaised, invitedToSpeak }: Participant): Deed[] {
  const invite = { testId: "invite", label: texts.inviteToSpeak, run: () => moderation.inviteToSpeak(id) };
  const withdraw = {
    testId: "withdraw",
    label: texts.withdrawInvitation,
    run: () => moderation.withdrawInvitation(id),
  };
  const lower = { testId: "lower-hand", label: texts.lowerTheirHand, run: () => moderation.lowerHand(id) };
  return [invitedToSpeak ? withdraw : invite, ...(handRaised ? [lower] : [])];
}

function stageDeeds({ self, moderation }: RoomConnection, person: Participant): Deed[] {
  const { id, muted, suppressed, role } = person;
  const mute = { testId: "mute", label: texts.muteThem, run: () => moderation.mute(id) };
  const ask = { testId: "ask-to-unmute", label: texts.askToUnmute, run: () => moderation.askToUnmute(id) };
  const suppress = { testId: "suppress", label: texts.suppress, run: () => moderation.suppress(id, true) };
  const lift = { testId: "lift", label: texts.liftSuppression, run: () => moderation.suppress(id, false) };
  const down = {
    testId: "make-listener",
    label: texts.moveToListeners,
    run: () => moderation.setRole(id, "listener"),
  };
  const appoint = { testId: "appoint", label: texts.makeCoHost, run: () => moderation.appointCoHost(id) };
  const dismiss = { testId: "dismiss", label: texts.dismissCoHost, run: () => moderation.dismissCoHost(id) };
  const muting: Deed = muted ? ask : mute;
  if (role === "co-host") return [dismiss, muting, down];
  const held: Deed[] = suppressed ? [lift] : [muting, suppress];
  return [...held, down, ...(self.role === "host" ? [appoint] : [])];
}
