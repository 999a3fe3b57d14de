import { parseSigningSecret, signStandardWebhook } from "@carewire/verifiers";

/** The secret the requests below are signed with. */
export const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** A delivery in the default format. */
export const appointmentCreated = {
  id: "evt_1",
  type: "appointment.created",
  created_at: "2026-03-01T12:00:00.000Z",
  data: { appointment_id: "appt_789", patient_id: "pat_456" },
  metadata: { api_version: "1.0", webhook_subscription_id: "sub_1" },
};

/** Headers and exact body of a signed request, as of now. */
export function signedRequest(
  event: unknown = appointmentCreated,
  id = "evt_1",
): { headers: Record<string, string>; body: string } {
  const key = parseSigningSecret(secret);
  if (!key.ok) throw new Error(key.detail);
  // Blanks that no serialiser would write: whoever parses the body and writes it again breaks the signature.
  const body = typeof event === "string" ? event : JSON.stringify(event, null, 1).replaceAll('":', '" :');
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": `${timestamp}`,
    "webhook-signature": signStandardWebhook(key.key, id, timestamp, Buffer.from(body)),
  };
  return { headers, body };
}

/** The same as a fetch `Request`. */
export function fetchRequest(event?: unknown, id?: string): Request {
  return new Request("http://127.0.0.1/webhooks", { method: "POST", ...signedRequest(event, id) });
}
