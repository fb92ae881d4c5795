import { useEffect, useReducer, useState } from "preact/hooks";
import type { RoomConnection, RoomConnectionEvents } from "../sdk/index.ts";

const SHOWN = [
  "state",
  "media",
  "room",
  "self",
  "stage",
  "posts",
  "audience",
  "microphone",
  "audioBlocked",
  "ended",
] as const;

/** Draws the component again whenever something that it may show has changed. */
export function useVisit(visit: RoomConnection): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const stops = SHOWN.map((name) => visit.on(name, () => redraw(undefined)));
    // What changed between the first drawing and now.
    redraw(undefined);
    return () => stops.forEach((stop) => stop());
  }, [visit]);
}

/** Who talks, and how loud. */
export function useTalking(visit: RoomConnection): ReadonlyMap<string, number> {
  const [talking, setTalking] = useState<ReadonlyMap<string, number>>(new Map());
  useVisitEvent(visit, "speaking", (speaking) =>
    setTalking(new Map(speaking.map(({ participantId, level }) => [participantId, level]))),
  );
  return talking;
}

export function useVisitEvent<Name extends keyof RoomConnectionEvents>(
  visit: RoomConnection,
  name: Name,
  listener: (payload: RoomConnectionEvents[Name]) => void,
): void {
  // The listener is a new function with each drawing; only the visit decides about listening anew.
  useEffect(() => visit.on(name, listener), [visit, name]);
}
