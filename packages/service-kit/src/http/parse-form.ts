import { isUtf8 } from "node:buffer";
import type { ParsedBody } from "./parse-body.ts";

/** Fields of one form at most. */
export const formFieldsMax = 200;

const unsafeNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Parses a verified body of `application/x-www-form-urlencoded`. A field that is given several times becomes a list.
 * Refuses what is not UTF-8, has no or too many fields, or has a name that could reach a prototype.
 */
export function parseUrlEncoded(rawBody: Buffer): ParsedBody {
  if (!isUtf8(rawBody)) return { ok: false, reason: "the form is not valid UTF-8" };
  return toBody(new URLSearchParams(rawBody.toString("utf8")));
}

/**
 * Parses a verified body of `multipart/form-data`, whose `contentType` has the boundary; otherwise like
 * `parseUrlEncoded`. Of a file only its name is kept. Give it bodies of bounded size: it holds all of one.
 */
export async function parseMultipart(rawBody: Buffer, contentType: string): Promise<ParsedBody> {
  try {
    const response = new Response(new Uint8Array(rawBody), { headers: { "content-type": contentType } });
    return toBody(await response.formData());
  } catch {
    return { ok: false, reason: "the body is not a valid multipart form" };
  }
}

function toBody(fields: Iterable<[string, string | File]>): ParsedBody {
  const body: Record<string, string | string[]> = {};
  let count = 0;
  for (const [name, given] of fields) {
    if (++count > formFieldsMax)
      return { ok: false, reason: `the form has more than ${formFieldsMax} fields` };
    if (unsafeNames.has(name)) {
      return { ok: false, reason: "the form has a field that could change an object's prototype" };
    }
    const value = typeof given === "string" ? given : given.name;
    const before = Object.hasOwn(body, name) ? body[name] : undefined;
    body[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return count === 0 ? { ok: false, reason: "the form is empty" } : { ok: true, body };
}
