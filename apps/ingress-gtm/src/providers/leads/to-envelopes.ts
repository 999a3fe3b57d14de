import { hash } from "node:crypto";
import { type LeadSubmittedPayload, leadSubmittedTopic } from "@carewire/envelope";
import { defaultSource, type MappedRequest, type RequestToMap } from "@carewire/service-kit/ingress";
import { readMoment } from "../../leads/read-moment.ts";
import { type Fields, fieldsMax, readFields } from "./read-fields.ts";
import { readTypeform } from "./read-typeform.ts";

const dayMs = 86_400_000;
/** How far a form's clock is believed. */
const pastMaxMs = 30 * dayMs;
const futureMaxMs = 5 * 60_000;

/**
 * Maps a submitted form, whatever its format, to one envelope with its fields. What makes a repeat is the signed message
 * id, else Typeform's response token, else the bytes of the body: senders' own ids are not always ids.
 */
export function toEnvelopes(request: RequestToMap): MappedRequest {
  const { rawBody, body, messageId, source = defaultSource, nowMs } = request;
  const typeform = readTypeform(body);
  const fields = typeform ? typeform.fields : readFields(body);
  if (fields === null) return { ok: false, reason: `it has more than ${fieldsMax} fields` };
  if (Object.keys(fields).length === 0) return { ok: false, reason: "it has no fields" };
  const key =
    messageId ?? (typeform ? `typeform:${typeform.token}` : `body:${hash("sha256", rawBody, "hex")}`);
  const occurredAt = submittedAt(fields, nowMs);
  const payload: LeadSubmittedPayload = { source, submitted_at: occurredAt.toISOString(), fields };
  const envelope = {
    topic: leadSubmittedTopic,
    key,
    occurredAt,
    payload: Buffer.from(JSON.stringify(payload)),
    // Not the moment: a form that names none would be another one whenever its sender tries again.
    compared: Buffer.from(JSON.stringify(fields)),
  };
  return { ok: true, externalId: key, envelopes: [envelope] };
}

function submittedAt(fields: Fields, nowMs: number): Date {
  const told = readMoment(fields.submitted_at);
  const isBelievable = told !== null && told > nowMs - pastMaxMs && told < nowMs + futureMaxMs;
  return new Date(isBelievable ? told : nowMs);
}
