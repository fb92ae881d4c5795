import type { Reaction, Reactions } from "./protocol.ts";

/** What one can show, and how it looks. */
export const GESTURES = {
  clap: "👏",
  heart: "❤️",
  "thumbs-up": "👍",
  "thumbs-down": "👎",
  wave: "👋",
  fist: "✊",
  peace: "✌️",
  ok: "👌",
  "folded-hands": "🙏",
  "hands-up": "🙌",
  laugh: "😂",
  surprise: "😮",
  sad: "😢",
  fire: "🔥",
  hundred: "💯",
  party: "🎉",
} as const;

export type Gesture = keyof typeof GESTURES;

/** A gesture, how often it was shown, and by some of those who did. */
export interface Shown {
  readonly gesture: Gesture;
  readonly count: number;
  readonly participantIds: readonly string[];
}

export function toWire(gesture: Gesture): Reaction {
  return `REACTION_${gesture.toUpperCase().replaceAll("-", "_")}` as Reaction;
}

/** Gestures that this client does not know are left out: a newer server has more of them. */
export function shownIn({ counts = [], senders = [] }: Reactions): readonly Shown[] {
  return counts.flatMap(({ reaction, count }) => {
    const gesture = fromWire(reaction);
    if (gesture === undefined) return [];
    const participantIds = senders.filter((one) => one.reaction === reaction).map((one) => one.participantId ?? "");
    return [{ gesture, count: count ?? 0, participantIds }];
  });
}

function fromWire(reaction: Reaction | undefined): Gesture | undefined {
  return (Object.keys(GESTURES) as Gesture[]).find((gesture) => toWire(gesture) === reaction);
}
