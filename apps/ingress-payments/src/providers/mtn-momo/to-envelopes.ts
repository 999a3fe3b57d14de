import { mtnMomoTopic } from "@carewire/envelope";
import type { MappedRequest, RequestToMap } from "@carewire/service-kit/ingress";
import { mapHint } from "../../mobile-money/map-hint.ts";

const statuses: ReadonlySet<unknown> = new Set(["SUCCESSFUL", "FAILED", "PENDING"]);

/** The external id in a callback, or null when it is none that could be ours. */
export const externalIdOf = ({ externalId }: Record<string, unknown>): string | null => {
  if (typeof externalId !== "string" || externalId.length === 0 || externalId.length > 255) return null;
  return externalId.includes("\u0000") || !externalId.isWellFormed() ? null : externalId;
};

/**
 * Maps a callback, whose body is that of a status read. It does not hold the reference: the payment is the one of the
 * address, else the one of its external id.
 */
export function toEnvelopes({ body, params = {}, nowMs }: RequestToMap): MappedRequest {
  const claimedStatus = statuses.has(body.status) ? String(body.status) : null;
  const hint = { topic: mtnMomoTopic, claimedStatus, nowMs };
  if (params.reference !== undefined) {
    return mapHint({ ...hint, payment: { by: "reference", reference: params.reference } });
  }
  const externalId = externalIdOf(body);
  if (externalId === null) return { ok: false, reason: "it has no usable externalId" };
  return mapHint({ ...hint, payment: { by: "external_id", external_id: externalId } });
}
