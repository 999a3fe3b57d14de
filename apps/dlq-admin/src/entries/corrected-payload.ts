import type { ProblemItem } from "@carewire/service-kit";
import type { EntryRow } from "./entry-row.ts";
import { schemaDiff } from "./schema-diff.ts";

export type CorrectedPayload = { ok: true; bytes: Buffer | null } | { ok: false; errors: ProblemItem[] };

const wrong = (message: string): CorrectedPayload => ({
  ok: false,
  errors: [{ path: "payload", message, code: "invalid_payload" }],
});

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * The bytes of a corrected payload, null when none was given. Text is kept byte for byte. What would fail as before is
 * refused now: for a consumer by its topic's schema, for an ingress only when it is no JSON object though the request was
 * sent as JSON. Forms and HL7 messages are corrected in their own format, which only their ingress can check.
 */
export function checkCorrection(
  given: object | string | undefined,
  entry: EntryRow,
  { isJson }: { isJson: boolean },
): CorrectedPayload {
  if (given === undefined) return { ok: true, bytes: null };
  const text = typeof given === "string" ? given : JSON.stringify(given);
  if (isJson && !isObjectText(text)) return wrong("must be a JSON object, or the text of one");
  const bytes = Buffer.from(text);
  const differences = entry.source_id === null ? (schemaDiff(entry.topic, bytes) ?? []) : [];
  if (differences.length === 0) return { ok: true, bytes };
  const errors = differences.map(({ path, problem, code }) => ({
    path: path === "" ? "payload" : `payload.${path}`,
    message: problem,
    code,
  }));
  return { ok: false, errors };
}
