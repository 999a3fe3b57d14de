import { type ParsedBody, parseBody } from "../http/parse-body.ts";
import { repeatsKey } from "../http/repeats-key.ts";

/** `parseBody`, and refuses what two readers could take for two things: a key that is there twice. */
export function parseSignedJson(rawBody: Buffer): ParsedBody {
  const parsed = parseBody(rawBody);
  if (!parsed.ok || !repeatsKey(rawBody, parsed.body)) return parsed;
  return { ok: false, reason: "the JSON has an object that names a key twice" };
}
