import type { DataKey } from "@carewire/bus";

/** The row identity an attempt's response body is sealed under. */
const responseBodyAad = (attemptId: string): string => `attempts:${attemptId}`;

/** A stored response body as text; bytes that are not UTF-8 show as replacement characters. */
export function openResponseBody(
  dataKey: DataKey,
  attemptId: string | null,
  sealed: Buffer | null,
): string | null {
  if (attemptId === null || sealed === null) return null;
  return dataKey.open(responseBodyAad(attemptId), sealed).toString("utf8");
}
