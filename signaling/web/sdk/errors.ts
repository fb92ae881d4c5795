import type { Refused } from "./protocol.ts";

/** Why the server said no, from the gRPC list, and two that the client finds out itself. */
export type SpacesErrorCode =
  | "INVALID_ARGUMENT"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "NOT_FOUND"
  | "FAILED_PRECONDITION"
  | "RESOURCE_EXHAUSTED"
  | "UNAVAILABLE"
  | "INTERNAL"
  /** The connection was lost before the answer came; the request may or may not have been carried out. */
  | "DISCONNECTED"
  /** The visit is over: this connection was left, replaced or the room ended. */
  | "ENDED";

/** A request that was refused or could not be made; `message` says what was wrong and what to do. */
export class SpacesError extends Error {
  override readonly name = "SpacesError";

  constructor(
    readonly code: SpacesErrorCode,
    message: string,
    /** Try again after this long, milliseconds; 0: trying again changes nothing. */
    readonly retryAfterMs = 0,
  ) {
    super(message);
  }

  static fromRefused(refused: Refused): SpacesError {
    const message = refused.message ?? "The server refused the request without saying why.";
    return new SpacesError(errorCode(refused.code), message, refused.retryAfterMs ?? 0);
  }

  /** True where the same request may succeed later. */
  get isTemporary(): boolean {
    const codes: SpacesErrorCode[] = ["UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL", "DISCONNECTED"];
    return this.retryAfterMs > 0 || codes.includes(this.code);
  }
}

const CODES = new Set<string>([
  "INVALID_ARGUMENT",
  "UNAUTHENTICATED",
  "PERMISSION_DENIED",
  "NOT_FOUND",
  "FAILED_PRECONDITION",
  "RESOURCE_EXHAUSTED",
  "UNAVAILABLE",
  "INTERNAL",
] satisfies SpacesErrorCode[]);

/** Takes a code in the WebSocket's spelling (NOT_FOUND) or the Connect protocol's (not_found). */
export function errorCode(code: string | undefined): SpacesErrorCode {
  const upper = (code ?? "").toUpperCase();
  return CODES.has(upper) ? (upper as SpacesErrorCode) : "INTERNAL";
}

export type MicrophoneErrorKind =
  /** The person or the browser said no. */
  | "denied"
  /** There is no microphone. */
  | "missing"
  /** Another program holds it. */
  | "busy"
  /** The page is not on HTTPS or localhost, so the browser offers no microphone. */
  | "insecure"
  /** It was open and stopped: unplugged, or the permission was withdrawn. */
  | "ended"
  | "failed";

/** The microphone could not be opened, or stopped. */
export class MicrophoneError extends Error {
  override readonly name = "MicrophoneError";

  constructor(
    readonly kind: MicrophoneErrorKind,
    options?: ErrorOptions,
  ) {
    super(`The microphone is not available: ${kind}.`, options);
  }

  /** What `getUserMedia` rejected with, in our words. */
  static from(error: unknown): MicrophoneError {
    if (error instanceof MicrophoneError) return error;
    const name = error instanceof Error || error instanceof DOMException ? error.name : "";
    return new MicrophoneError(KINDS[name] ?? "failed", { cause: error });
  }
}

const KINDS: Partial<Record<string, MicrophoneErrorKind>> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};
