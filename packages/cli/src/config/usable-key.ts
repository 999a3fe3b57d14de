import { CliError, exitCodes } from "../exit-codes.ts";

/** Returns an API key that a header can carry; throws otherwise, and never repeats it. */
export function usableKey(key: string, source: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new CliError(
    `The API key from ${source} holds spaces, line breaks or characters that no key has. Copy it once more.`,
    exitCodes.usage,
  );
}
