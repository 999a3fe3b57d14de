import { verify } from "@carewire/sdk";
import type { RecordedRequest } from "@carewire/testkit";

/** How often each message arrived: by the path it arrived at and its `webhook-id`. */
export type Receipts = ReadonlyMap<string, number>;

export const receiptKey = (path: string, messageId: string): string => `${path} ${messageId}`;

/** Counts the requests a receiver recorded. */
export function countReceipts(requests: readonly RecordedRequest[]): Receipts {
  const receipts = new Map<string, number>();
  for (const { path, headers } of requests) {
    const key = receiptKey(path, String(headers["webhook-id"]));
    receipts.set(key, (receipts.get(key) ?? 0) + 1);
  }
  return receipts;
}

/** The receipts there should be, each at least once: every message at every path. */
export function expectedReceipts(paths: readonly string[], messageIds: readonly string[]): string[] {
  return paths.flatMap((path) => messageIds.map((id) => receiptKey(path, id))).sort();
}

/** Requests whose signature does not verify under the secret of their path. */
export function unverified(
  requests: readonly RecordedRequest[],
  secrets: Record<string, string>,
): RecordedRequest[] {
  return requests.filter(({ path, headers, body }) => !verify(body, headers, secrets[path]).ok);
}
