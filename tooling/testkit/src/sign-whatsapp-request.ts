import { createHmac } from "node:crypto";
import type { SignedRequest } from "./sign-stripe-request.ts";

/** Builds the webhook request that Meta would send: JSON with everything escaped, signed with the app's secret. */
export function signWhatsAppRequest(
  body: string | object,
  { appSecret }: { appSecret: string },
): SignedRequest {
  const payload = Buffer.from(typeof body === "string" ? body : metaJson(body));
  const signature = createHmac("sha256", appSecret).update(payload).digest("hex");
  return {
    headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${signature}` },
    body: payload,
  };
}

/** JSON as Meta writes it: slashes escaped, and everything beyond ASCII, in lower-case hex. */
function metaJson(value: object): string {
  return JSON.stringify(value)
    .replaceAll("/", "\\/")
    .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
