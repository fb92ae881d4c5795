import type { RoomConnection } from "../sdk/index.ts";
import { texts } from "./texts.ts";

/** Lies over the page, so that nothing jumps when the connection comes and goes. */
export function ConnectionBanner({ visit }: { visit: RoomConnection }) {
  const isSignalingLost = visit.state === "reconnecting";
  const isSoundLost = visit.mediaState === "reconnecting";
  return (
    <div class="banners">
      <div role="status">
        {isSignalingLost && (
          <p class="banner" data-testid="reconnecting">
            {texts.reconnectingBanner}
          </p>
        )}
        {!isSignalingLost && isSoundLost && (
          <p class="banner" data-testid="sound-lost">
            {texts.soundBanner}
          </p>
        )}
      </div>
      {visit.audioBlocked && (
        <p class="banner" role="alert">
          {texts.audioBlocked}{" "}
          <button type="button" data-testid="play-audio" onClick={() => void visit.resumeAudio()}>
            {texts.playAudio}
          </button>
        </p>
      )}
    </div>
  );
}
