import { useId } from "preact/hooks";
import { texts } from "./texts.ts";

const NAME_LENGTH_MAX = 100;

export function NameField({ name, onName }: { name: string; onName: (name: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{texts.yourName}</label>
      <input
        id={id}
        data-testid="name-input"
        type="text"
        autocomplete="nickname"
        maxLength={NAME_LENGTH_MAX}
        placeholder={texts.namePlaceholder}
        required
        value={name}
        onInput={(event) => onName(event.currentTarget.value)}
      />
    </div>
  );
}

/** Something went wrong; read out at once. Takes no room while there is nothing to say. */
export function ErrorNote({ text, onDismiss }: { text: string | undefined; onDismiss?: () => void }) {
  return (
    <div role="alert" class="error-slot">
      {text !== undefined && (
        <p class="error-note" data-testid="error">
          <span>{text}</span>
          {onDismiss !== undefined && (
            <button type="button" class="quiet" onClick={onDismiss}>
              {texts.dismiss}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

/** A person's initials on a colour of their own. */
export function Avatar({ id, name }: { id: string; name: string }) {
  return (
    <span class="avatar" data-hue={hueOf(id)} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

const HUE_COUNT = 8;

export function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return sum % HUE_COUNT;
}

/** The first letters of the first and the last word: at most two, in whatever script the name is written. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return chosen
    .map((word) => [...new Intl.Segmenter().segment(word ?? "")][0]?.segment ?? "")
    .join("")
    .toUpperCase();
}
