import { z } from "zod";
import { openedJson } from "./opened-json.ts";

/** A subscription's static headers, ready to send and to be recorded. */
export interface CustomHeaders {
  /** Name, value, name, value, … as sent after our own. */
  sent: string[];
  /** The same as `name: value` lines for the attempt's record, secrets masked. */
  shown: string;
  /** The values that must appear nowhere else. */
  secrets: string[];
}

/** What most subscriptions have. */
export const noCustomHeaders: CustomHeaders = { sent: [], shown: "", secrets: [] };

export const mask = "***";

/** Credentials whoever gave them, and however. */
const alwaysSecret = new Set(["authorization", "cookie"]);

/** Prepares static headers. Of two with the same name the sensitive one is sent. */
export function customHeaders(
  plain: Record<string, string>,
  sensitive: Record<string, string>,
): CustomHeaders {
  const byName = new Map<string, { name: string; value: string; secret: boolean }>();
  for (const [name, value] of Object.entries(plain)) {
    const key = name.toLowerCase();
    byName.set(key, { name, value, secret: alwaysSecret.has(key) });
  }
  for (const [name, value] of Object.entries(sensitive)) {
    byName.set(name.toLowerCase(), { name, value, secret: true });
  }
  const headers = [...byName.values()];
  return {
    sent: headers.flatMap(({ name, value }) => [name, value]),
    shown: headers.map(({ name, value, secret }) => `${name}: ${secret ? mask : value}\n`).join(""),
    secrets: headers.filter(({ value, secret }) => secret && value !== "").map(({ value }) => value),
  };
}

/**
 * `text` without the given secrets: an endpoint may send back what it was sent. The longest first: of a secret that
 * begins like a shorter one, the rest would stay readable.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  for (const secret of longestFirst) clean = clean.replaceAll(secret, mask);
  return clean;
}

const storedSchema = z.record(z.string(), z.string());

/** Reads what a subscription stored. Throws when it is something else; the error repeats no value. */
export function parseSensitiveHeaders(subscriptionId: string, opened: Uint8Array): Record<string, string> {
  return openedJson(`the sensitive headers of subscription ${subscriptionId}`, storedSchema, opened);
}
