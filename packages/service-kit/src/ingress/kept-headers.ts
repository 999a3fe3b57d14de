import type { IncomingHttpHeaders } from "node:http";

const alwaysKept = ["content-type", "user-agent"];
const valueCharactersMax = 512;

/** The headers stored with a request: an allow-list, so that signatures, tokens and cookies never are. */
export function pickHeaders(
  headers: IncomingHttpHeaders,
  keptHeaders: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of alwaysKept) pick(name);
  for (const name of keptHeaders) pick(name);
  return picked;

  function pick(name: string): void {
    const value = headers[name];
    if (typeof value === "string") picked[name] = value.slice(0, valueCharactersMax);
  }
}
