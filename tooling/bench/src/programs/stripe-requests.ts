import { randomBytes } from "node:crypto";
import { parseStripeSecret, signStripe } from "@carewire/verifiers";

const bodyBytes = 1_024;

/** Whole HTTP requests with signed invoice events of about 1 KiB, every one with an id of its own. */
export function createStripeRequests(secret: string, count: number): Buffer[] {
  const parsed = parseStripeSecret(secret);
  if (!parsed.ok) throw new Error(parsed.detail);
  const series = randomBytes(8).toString("hex");
  const seconds = Math.floor(Date.now() / 1_000);
  return Array.from({ length: count }, (_, n) => {
    const body = createBody(`evt_${series}${n}`, seconds);
    const head =
      "POST /api/webhooks/stripe HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json; charset=utf-8\r\n" +
      `user-agent: Stripe/1.0\r\nstripe-signature: ${signStripe(parsed.key, seconds, body)}\r\n` +
      `content-length: ${body.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), body]);
  });
}

function createBody(id: string, created: number): Buffer {
  const event = {
    id,
    object: "event",
    api_version: "2025-09-30.clover",
    created,
    livemode: false,
    type: "invoice.payment_succeeded",
    data: {
      object: { id: `in_${id}`, object: "invoice", customer: "cus_bench", status: "paid", filler: "" },
    },
  };
  event.data.object.filler = "x".repeat(Math.max(0, bodyBytes - JSON.stringify(event).length));
  return Buffer.from(JSON.stringify(event));
}
