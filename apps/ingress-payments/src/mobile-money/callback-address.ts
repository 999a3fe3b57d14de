import { type HmacKey, signPathTag } from "@carewire/verifiers";
import type { MobileMoneyProvider } from "./payment.ts";

/** Where callbacks of a provider come in when nothing in the address says which payment they are about. */
export const callbackPaths: Record<MobileMoneyProvider, string> = {
  "orange-money": "/api/payments/webhooks/orange-money",
  "mtn-momo": "/api/payments/webhooks/mtn-momo",
};

/** What the tag in an address proves: whose payment, and which. */
export const taggedParts = (provider: MobileMoneyProvider, reference: string): string[] => [
  provider,
  reference,
];

/** The part of a payment's own address after the origin. */
export const callbackPathOf = (key: HmacKey, provider: MobileMoneyProvider, reference: string): string =>
  `${callbackPaths[provider]}/${encodeURIComponent(reference)}/${signPathTag(key, taggedParts(provider, reference))}`;

/** Orange Money takes no longer `notif_url`. */
const orangeUrlCharactersMax = 120;

/** The whole address; where it would be too long for Orange Money, the one that all payments share. */
export function callbackUrlOf(origin: string, provider: MobileMoneyProvider, path: string): string {
  const url = new URL(path, origin).href;
  const isTooLong = provider === "orange-money" && url.length > orangeUrlCharactersMax;
  return isTooLong ? new URL(callbackPaths[provider], origin).href : url;
}
