/** The headless client of Spaces: no user interface, no dependencies. Start at `SpacesClient`. */
export { MicrophoneError, type MicrophoneErrorKind, SpacesError, type SpacesErrorCode } from "./errors.ts";
export type { MediaState } from "./media_link.ts";
export { type Banned, Moderation, type RoomChanges } from "./moderation.ts";
export type { MicrophoneState } from "./own_microphone.ts";
export { browserPlatform, type Platform } from "./platform.ts";
export { type Gesture, GESTURES, type Shown } from "./reactions.ts";
export { type JoinOptions, type ParticipantPage, RoomConnection } from "./room_connection.ts";
export type { ConnectionState, Ended, EndReason, RoomConnectionEvents, Talking } from "./room_events.ts";
export {
  handsOf,
  isModerator,
  type Participant,
  type Post,
  type Role,
  type Room,
  type RoomRules,
  type SpeakPolicy,
} from "./room_state.ts";
export { type RoomPage, SpacesClient, type SpacesClientOptions } from "./spaces_client.ts";
