const textLengthMax = 300;
/** A longer message is dropped: cutting it first could leave half a value that no longer matches the payload's. */
const messageLengthMax = 2_000;
/** With more values, or deeper ones, the message is dropped: one that was not looked at could be in it. */
const leavesMax = 10_000;
const depthMax = 32;
const leafLengthMin = 3;

const quoted = /"[^"]*"|'[^']*'|`[^`]*`/g;
const email = /[^\s@<>()]+@[^\s@<>()]+/g;
const longNumber = /\d[\d\s-]{4,}\d/g;

/**
 * An error as `Class: message`, safe to store and show: whatever also stands in the payload, anything quoted, e-mail
 * addresses and long numbers are replaced by `[…]`, and only the first 300 characters are kept.
 */
export function scrubError(error: unknown, payload: unknown): string {
  const name = error instanceof Error ? error.name : "Error";
  return `${name}${codeOf(error)}: ${scrub(messageOf(error), payload)}`.slice(0, textLengthMax);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return "";
  return /^[A-Z0-9_]{1,40}$/.test(error.code) ? ` ${error.code}` : "";
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return "something that is not an Error was thrown";
  return error.message.length > messageLengthMax ? "(the message is too long to keep)" : error.message;
}

function scrub(text: string, payload: unknown): string {
  const leaves: string[] = [];
  if (!collectLeaves(payload, 0, leaves)) return "(the payload is too large to clear the message of it)";
  // Longest first, so that no part of a longer value survives.
  leaves.sort((a, b) => b.length - a.length);
  let scrubbed = text;
  for (const leaf of leaves) scrubbed = scrubbed.replaceAll(leaf, "[…]");
  return scrubbed.replace(quoted, "[…]").replace(email, "[…]").replace(longNumber, "[…]");
}

/** False when there are more of them, or deeper ones. */
function collectLeaves(value: unknown, depth: number, leaves: string[]): boolean {
  if (typeof value === "string" || typeof value === "number") {
    const text = String(value);
    if (text.length >= leafLengthMin) leaves.push(text);
    return leaves.length <= leavesMax;
  }
  if (typeof value !== "object" || value === null) return true;
  return depth < depthMax && Object.values(value).every((inner) => collectLeaves(inner, depth + 1, leaves));
}
