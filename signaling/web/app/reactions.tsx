import { useEffect, useRef, useState } from "preact/hooks";
import { type Gesture, GESTURES, type RoomConnection } from "../sdk/index.ts";
import { SmileIcon } from "./icons.tsx";
import type { Attempt } from "./stage.tsx";
import { texts } from "./texts.ts";
import { useVisitEvent } from "./use_visit.ts";

/** How long a gesture is seen, milliseconds; as in `room.css`. */
const SEEN_MS = 3_000;
/** More at once would hide the room, and say no more. */
const SEEN_MAX = 24;

interface Floating {
  readonly key: number;
  readonly gesture: Gesture;
  /** Where it rises, 0-100 % of the width. */
  readonly left: number;
}

/** Gestures rise over the page and fade; a reader hears none of them, for there may be hundreds. */
export function FloatingReactions({ visit }: { visit: RoomConnection }) {
  const [floating, setFloating] = useState<readonly Floating[]>([]);
  const newest = useRef(0);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  useEffect(() => () => timers.current.forEach(clearTimeout), []);

  useVisitEvent(visit, "reactions", (shown) => {
    const gestures = shown.flatMap(({ gesture, count }) => Array<Gesture>(Math.min(count, SEEN_MAX)).fill(gesture));
    const added = gestures.slice(0, SEEN_MAX).map((gesture) => {
      const key = ++newest.current;
      return { key, gesture, left: 8 + ((key * 37) % 84) };
    });
    setFloating((before) => [...before, ...added].slice(-SEEN_MAX));
    const timer = setTimeout(() => {
      timers.current.delete(timer);
      setFloating((before) => before.filter((one) => !added.includes(one)));
    }, SEEN_MS);
    timers.current.add(timer);
  });

  return (
    <div class="reactions" data-testid="reactions" aria-hidden="true">
      {floating.map(({ key, gesture, left }) => (
        <span key={key} data-gesture={gesture} style={{ left: `${String(left)}%` }}>
          {GESTURES[gesture]}
        </span>
      ))}
    </div>
  );
}

/** A button that opens the gestures; it stays open, since one claps more than once. */
export function ReactionButton({ visit, attempt }: { visit: RoomConnection; attempt: Attempt }) {
  const [isOpen, setOpen] = useState(false);
  if (!visit.room.rules.reactionsOpen) return null;
  return (
    <div class="reaction-picker">
      {isOpen && (
        <div class="gestures card" role="group" aria-label={texts.reactions}>
          {(Object.keys(GESTURES) as Gesture[]).map((gesture) => (
            <button
              key={gesture}
              type="button"
              class="gesture"
              data-testid={`react-${gesture}`}
              aria-label={texts.gestures[gesture]}
              onClick={() => void attempt(() => visit.react(gesture))}
            >
              {GESTURES[gesture]}
            </button>
          ))}
        </div>
      )}
      <button
        type="button"
        class="round"
        data-testid="open-reactions"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <SmileIcon />
        <span>{texts.react}</span>
      </button>
    </div>
  );
}
