import { useId, useRef, useState } from "preact/hooks";
import { ShareIcon } from "./icons.tsx";
import { linkOf } from "./route.ts";
import { texts } from "./texts.ts";

/** How long the button says that it has copied, milliseconds. */
const COPIED_MS = 2_000;

export function SharePanel({ roomId, title }: { roomId: string; title: string }) {
  const link = linkOf(roomId);
  const field = useRef<HTMLInputElement>(null);
  const [isCopied, setCopied] = useState(false);
  const id = useId();
  const canShare = typeof navigator.share === "function";

  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
      setTimeout(() => setCopied(false), COPIED_MS);
    } catch {
      // No clipboard without HTTPS or permission: the link is selected, ready for the person to copy.
    }
  };

  return (
    <section class="card panel" aria-labelledby={`${id}-heading`}>
      <h2 id={`${id}-heading`}>{texts.shareHeading}</h2>
      <label class="visually-hidden" for={id}>
        {texts.roomLink}
      </label>
      <input
        id={id}
        ref={field}
        class="link"
        data-testid="room-link"
        readOnly
        value={link}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="button-row">
        <button type="button" data-testid="copy-link" onClick={() => void copy()}>
          <span aria-live="polite">{isCopied ? texts.copied : texts.copyLink}</span>
        </button>
        {canShare && (
          // Rejects when the person changes their mind, which is no error.
          <button
            type="button"
            data-testid="share-link"
            onClick={() => void navigator.share({ title, url: link }).catch(() => undefined)}
          >
            <ShareIcon />
            {texts.share}
          </button>
        )}
      </div>
    </section>
  );
}
