/** Waits until a condition holds, asking again every few milliseconds; never longer than it is told. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  milliseconds = 15_000,
): Promise<T> {
  const deadline = Date.now() + milliseconds;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) {
        return value;
      }
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() >= deadline) {
      const reason = lastError instanceof Error ? ` The last try failed: ${lastError.message}` : "";
      throw new Error(`Waited ${milliseconds} ms in vain until ${what}.${reason}`);
    }
    await pause(25);
  }
}

/** Lets the given time pass: for windows of measurement, never for hoping that something has happened by then. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
