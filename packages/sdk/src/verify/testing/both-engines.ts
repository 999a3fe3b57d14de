import { engine as nodeEngine } from "../engine-node.ts";
import { engine as webEngine } from "../engine-web.ts";
import type { RawBody, VerifyOptions, VerifyResult, WebhookSecrets } from "../verify-result.ts";
import { verifyAsyncWith, verifyWith } from "../verify-with.ts";
import type { WebhookHeaders } from "../webhook-headers.ts";

/** Verifies with node:crypto and with WebCrypto; throws when they do not say the same to the letter. */
export async function verifyWithBoth(
  body: RawBody,
  headers: WebhookHeaders,
  secrets: WebhookSecrets,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  const fast = verifyWith(nodeEngine, body, headers, secrets, options);
  const portable = await verifyAsyncWith(webEngine, body, headers, secrets, options);
  if (JSON.stringify(fast) !== JSON.stringify(portable)) {
    throw new Error(`node:crypto says ${JSON.stringify(fast)}, WebCrypto ${JSON.stringify(portable)}`);
  }
  return fast;
}
