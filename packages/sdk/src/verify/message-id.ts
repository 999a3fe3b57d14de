import type { SignedClaim } from "./signed-claim.ts";

/**
 * The id that tells a message from others where the scheme signs none (Eka's): the signed body's `transaction_id` or
 * `id`, else the `webhook-id` header. Null when there is neither.
 */
export function messageIdOf({ body, headers }: Pick<SignedClaim, "body" | "headers">): string | null {
  const { transaction_id, id } = parseObject(body);
  const [found] = [transaction_id, id, headers["webhook-id"]].filter(isUsableId);
  return found ?? null;
}

const isUsableId = (value: unknown): value is string =>
  typeof value === "string" && value.length >= 1 && value.length <= 256;

function parseObject(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
