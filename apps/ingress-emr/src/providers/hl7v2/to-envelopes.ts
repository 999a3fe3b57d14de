import type { MappedEnvelope, MappedRequest, RequestToMap } from "@carewire/service-kit/ingress";
import { toIsoTime } from "../../hl7/hl7-time.ts";
import { labResultTopic, recordedTopic } from "./hl7v2-topics.ts";
import { type AcceptedProcessing, type LabMessage, readLabMessage } from "./read-lab-message.ts";

type Results = Extract<LabMessage, { kind: "results" }>;
type Unsupported = Extract<LabMessage, { kind: "unsupported" }>;

/**
 * Maps an ORU^R01 message to one envelope per result; a message of another type is recorded. Deduplicated by the
 * `webhook-id`: laboratories use their control ids again, so those would lose results. A repeat is told by the bytes of the
 * whole message, which stay the same when this mapping changes.
 */
export function toEnvelopes(
  { rawBody, messageId, nowMs }: RequestToMap,
  processing: AcceptedProcessing,
): MappedRequest {
  if (messageId === undefined) return { ok: false, reason: "it has no webhook-id" };
  const read = readLabMessage(rawBody, processing);
  if (read.kind === "malformed") return { ok: false, reason: read.problem.text };
  const envelopes =
    read.kind === "unsupported" ? [recordedOf(read, messageId, nowMs)] : resultsOf(read, messageId, nowMs);
  return {
    ok: true,
    externalId: messageId,
    envelopes: envelopes.map((envelope) => ({ ...envelope, compared: rawBody })),
  };
}

function recordedOf({ header, problem }: Unsupported, key: string, nowMs: number): MappedEnvelope {
  const payload = {
    message_type: header.type,
    trigger_event: header.event,
    message_control_id: header.controlId,
    version: header.version,
    rejected_because: problem.text,
  };
  return { topic: recordedTopic, key, occurredAt: new Date(nowMs), payload: toJson(payload) };
}

function resultsOf(
  { message, header, results }: Results,
  messageId: string,
  nowMs: number,
): MappedEnvelope[] {
  const sentAt = toIsoTime(message.header.getComponent(7, 1));
  const from = {
    message_control_id: header.controlId,
    sending_application: message.header.getComponent(3, 1),
    sending_facility: message.header.getComponent(4, 1),
    sent_at: sentAt,
  };
  const occurredAt = momentOf(sentAt, nowMs);
  // No webhook-id has a dot, so this is nobody else's.
  return results.map((result, n) => ({
    topic: labResultTopic,
    key: n === 0 ? messageId : `${messageId}.${n}`,
    occurredAt,
    payload: toJson({ ...result, message: from }),
  }));
}

const toJson = (payload: object): Buffer => Buffer.from(JSON.stringify(payload));

/** The sender's moment when it names its offset and is believable, else now. */
function momentOf(sentAt: string | null, nowMs: number): Date {
  const sentAtMs = sentAt !== null && /[+-]\d\d:\d\d$/.test(sentAt) ? Date.parse(sentAt) : Number.NaN;
  return new Date(sentAtMs > 0 && sentAtMs <= nowMs ? sentAtMs : nowMs);
}
