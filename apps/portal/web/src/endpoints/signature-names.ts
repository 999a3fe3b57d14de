import type { Subscription } from "@carewire/contracts";

/** What the ways to sign are called. */
export const signatureNames: Record<Subscription["signature_scheme"], string> = {
  "standard-webhooks": "Standard Webhooks",
  svix: "Svix",
  eka: "Eka Care",
  none: "None",
};
