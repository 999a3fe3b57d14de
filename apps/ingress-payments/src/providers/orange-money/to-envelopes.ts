import { orangeMoneyTopic } from "@carewire/envelope";
import type { MappedRequest, RequestToMap } from "@carewire/service-kit/ingress";
import { hashNotifToken, mapHint } from "../../mobile-money/map-hint.ts";

const statuses: ReadonlySet<unknown> = new Set(["SUCCESS", "FAILED", "EXPIRED", "PENDING", "INITIATED"]);

/** The token in a notification, or null. */
export const notifTokenOf = (body: Record<string, unknown>): string | null =>
  typeof body.notif_token === "string" && /^[\x21-\x7e]{8,512}$/.test(body.notif_token)
    ? body.notif_token
    : null;

/**
 * Maps a notification, `{status, notif_token, txnid}`. The payment is the one of the address, else the one of the token;
 * the token itself goes no further.
 */
export function toEnvelopes({ body, params = {}, nowMs }: RequestToMap): MappedRequest {
  const claimedStatus = statuses.has(body.status) ? String(body.status) : null;
  const hint = { topic: orangeMoneyTopic, claimedStatus, nowMs };
  if (params.order !== undefined) {
    return mapHint({ ...hint, payment: { by: "reference", reference: params.order } });
  }
  const token = notifTokenOf(body);
  if (token === null) return { ok: false, reason: "it has no usable notif_token" };
  const notif_token_sha256 = hashNotifToken(token).toString("hex");
  return mapHint({ ...hint, payment: { by: "notif_token", notif_token_sha256 } });
}
