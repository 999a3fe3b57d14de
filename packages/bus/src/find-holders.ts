import type { Sql } from "@carewire/db";
import { plainArray, textArray } from "./array-literal.ts";
import type { Submission } from "./submission.ts";

/** The event that holds an idempotency key. */
export interface Holder {
  scope: string;
  key: string;
  event_id: string;
  body_hash: Buffer;
}

export const slotOf = (scope: string, key: string): string => `${scope}:${key}`;

/** Who holds the keys that were already taken. A statement of its own: the insert's snapshot cannot see them. */
export async function findHolders(
  sql: Sql,
  batch: Submission[],
  stored: Set<string>,
): Promise<Map<string, Holder>> {
  const scopes: string[] = [];
  const keys: string[] = [];
  for (const submission of batch) {
    for (const { draft, key } of submission.events) {
      if (key === null || stored.has(draft.id)) continue;
      scopes.push(submission.scope);
      keys.push(key);
    }
  }
  if (keys.length === 0) return new Map();
  const rows = await sql<Holder[]>`
    select i.scope, i.key, i.event_id, i.body_hash from idempotency i
    join unnest(${plainArray(scopes)}::uuid[], ${textArray(keys)}::text[]) t(scope, key)
      on i.scope = t.scope and i.key = t.key`;
  return new Map(rows.map((row) => [slotOf(row.scope, row.key), row]));
}
