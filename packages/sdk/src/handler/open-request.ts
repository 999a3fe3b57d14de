import { type ParsedPayload, parsePayload } from "../events/parse-payload.ts";
import type { PayloadFormat } from "../events/webhook-event.ts";
import { messageIdOf } from "../verify/message-id.ts";
import { verifyAsync } from "../verify/verify.ts";
import type { RefusedWebhook } from "../verify/verify-result.ts";
import { pickWebhookHeaders } from "../verify/webhook-headers.ts";
import type { CommonOptions, SenderOptions } from "./handler-options.ts";
import type { IncomingWebhook } from "./incoming-webhook.ts";
import type { RequestRefusalCode, WebhookOutcome } from "./outcome.ts";
import { secretHintOf } from "./secret-hint.ts";
import { withinDeadline } from "./within-deadline.ts";

/** A genuine request, read. */
export type OpenedRequest = { kind: "opened"; id: string } & ParsedPayload;

type OpeningOptions = CommonOptions<PayloadFormat> & SenderOptions;

const bodyBytesMaxDefault = 1024 * 1024;

const refuse = (code: RequestRefusalCode, message: string): WebhookOutcome => ({
  kind: "refused",
  code,
  message,
});

/** Reads (within `deadlineMs`), verifies and parses a request. Never rejects. */
export async function openRequest(
  request: IncomingWebhook,
  options: OpeningOptions,
  deadlineMs: number,
): Promise<OpenedRequest | WebhookOutcome> {
  if (request.method !== "POST") return refuse("method_not_allowed", "Webhooks are sent with POST.");
  const reading = request.readBody(options.bodyBytesMax ?? bodyBytesMaxDefault);
  const read = await withinDeadline(reading, deadlineMs);
  if (read.late) return refuse("body_unreadable", `The body did not arrive within ${deadlineMs} ms.`);
  const body = read.result;
  if (!body.ok) return refuse(body.code, body.message);
  const sender = await identify(request, body.bytes, options);
  if (sender.kind !== "identified") return sender;
  const payload = parsePayload(body.bytes);
  if (payload === null) {
    const message = "The body is genuine but no event: not JSON, or in none of the formats.";
    return refuse("payload_malformed", message);
  }
  const expected = options.payloadFormat;
  if (expected !== undefined && payload.format !== expected) {
    const message = `The subscription sends payload_format "${payload.format}", the handler expects "${expected}".`;
    return refuse("payload_format_unexpected", message);
  }
  return { kind: "opened", id: sender.id, ...payload };
}

type Identified = { kind: "identified"; id: string };

async function identify(
  { headers }: IncomingWebhook,
  body: Uint8Array,
  options: OpeningOptions,
): Promise<Identified | WebhookOutcome> {
  if (options.allowUnsigned) return identifyUnsigned(body, headers);
  const { secrets: given, scheme, toleranceSeconds, now } = options;
  let secrets: string | readonly string[];
  try {
    secrets = typeof given === "function" ? await given(secretHintOf(headers)) : given;
  } catch (error) {
    return { kind: "unavailable", what: "secrets", error };
  }
  if (Array.isArray(secrets) && secrets.length === 0) {
    return refuse("signature_mismatch", "No secret is known for this request.");
  }
  const verified = await verifyAsync(body, headers, secrets, { scheme, toleranceSeconds, now: now?.() });
  return verified.ok ? { kind: "identified", id: verified.id } : asOutcome(verified);
}

function identifyUnsigned(
  body: Uint8Array,
  headers: IncomingWebhook["headers"],
): Identified | WebhookOutcome {
  const id = messageIdOf({ body, headers: pickWebhookHeaders(headers) });
  if (id !== null) return { kind: "identified", id };
  const message =
    "An unsigned request must have a webhook-id header, or a message id in a body that is not flat.";
  return refuse("header_missing", message);
}

const asOutcome = ({ code, message }: RefusedWebhook): WebhookOutcome => refuse(code, message);
