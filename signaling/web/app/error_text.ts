import { MicrophoneError, SpacesError } from "../sdk/index.ts";
import { texts } from "./texts.ts";

/** What went wrong in words for the person in front of the page. */
export function errorText(error: unknown): string {
  if (error instanceof MicrophoneError) return texts.microphone[error.kind];
  if (!(error instanceof SpacesError)) return texts.failed(error instanceof Error ? error.message : String(error));
  if (error.code === "NOT_FOUND") return texts.notFound;
  return error.message;
}
