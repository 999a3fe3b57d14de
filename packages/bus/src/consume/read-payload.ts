import type { z } from "zod";
import { describePayloadIssues } from "./describe-payload-issues.ts";

/** A payload that may be handed to a handler, or why it may not. `error` never repeats a value. */
export type ReadPayload<Payload> =
  | { kind: "payload"; payload: Payload }
  | { kind: "malformed"; error: string }
  | { kind: "schema"; error: string };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Parses and checks a payload's bytes; without a schema any JSON object will do. Never throws. */
export function readPayload<Payload extends Record<string, unknown>>(
  bytes: Uint8Array,
  schema: z.ZodType<Payload> | undefined,
): ReadPayload<Payload> {
  const parsed = parseObject(bytes);
  if (typeof parsed === "string") return { kind: "malformed", error: `Failed to parse envelope: ${parsed}` };
  // Without a schema the caller's payload type is the default one: any object.
  if (schema === undefined) return { kind: "payload", payload: parsed as Payload };
  try {
    const checked = schema.safeParse(parsed);
    if (checked.success) return { kind: "payload", payload: checked.data };
    return {
      kind: "schema",
      error: `Failed to parse envelope: ${describePayloadIssues(checked.error, parsed)}`,
    };
  } catch {
    return { kind: "schema", error: "Failed to parse envelope: the payload is too deeply nested" };
  }
}

/** The object, or what is wrong with the bytes. The parser's own messages quote the text, so they are not used. */
function parseObject(bytes: Uint8Array): Record<string, unknown> | string {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return "payload is not valid JSON";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return "payload is not a JSON object";
  return value as Record<string, unknown>;
}
