import type { PayloadFormat } from "../events/webhook-event.ts";
import { refusalMessages } from "../verify/refusal-messages.ts";
import { isWebhookScheme } from "../verify/verify-result.ts";
import { prepareKeys } from "../verify/verifying-keys.ts";
import type { WebhookHandlerOptions } from "./handler-options.ts";
import { WebhookError } from "./webhook-error.ts";

/** Throws when a handler with these options could never accept a request. */
export function verifySetUp(options: WebhookHandlerOptions<PayloadFormat>): void {
  const { mode, deadlineMs = 1, bodyBytesMax = 1 } = options;
  if (mode !== undefined && mode !== "await" && mode !== "ack-first") {
    throw new TypeError('mode must be "await" or "ack-first"');
  }
  if (mode === "ack-first" && typeof options.enqueue !== "function") {
    throw new TypeError('createWebhookHandler({ mode: "ack-first" }) needs enqueue: (job) => queue.add(…)');
  }
  if (!(deadlineMs > 0 && deadlineMs <= 2_147_483_647)) throw new TypeError("deadlineMs must be above 0");
  if (!(bodyBytesMax > 0)) throw new TypeError("bodyBytesMax must be above 0");
  if (options.allowUnsigned === true) return;
  verifySignatures(options.scheme, options.toleranceSeconds);
  verifySecrets(options.secrets, options.scheme);
}

function verifySignatures(scheme: string | undefined, toleranceSeconds = 0): void {
  if (scheme !== undefined && !isWebhookScheme(scheme)) throw new TypeError(refusalMessages.scheme_unknown);
  if (!(toleranceSeconds >= 0)) throw new TypeError("toleranceSeconds must be 0 or more");
}

function verifySecrets(secrets: WebhookHandlerOptions["secrets"], scheme: string | undefined): void {
  if (typeof secrets === "function") return;
  const keys = prepareKeys(secrets, scheme === "eka" ? "eka" : "standard");
  if (keys.ok) return;
  const hint =
    scheme === undefined && keys.code === "secret_invalid" ? ' For an Eka signing key: scheme: "eka".' : "";
  throw new WebhookError(`createWebhookHandler({ secrets }): ${keys.message}${hint}`, { code: keys.code });
}
