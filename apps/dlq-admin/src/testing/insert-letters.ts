import { deadLetterAad, type Vault } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import type { TestTenant } from "./test-tenant.ts";

export interface LetterOptions {
  count: number;
  topic: string;
  consumer?: string;
  payload?: string;
  /** When the first was buried; default: now. */
  atMs?: number;
}

/** Puts open dead letters straight into the database; resolves to their row ids. */
export async function insertLetters(
  { sql, vault }: { sql: Sql; vault: Vault },
  { organizationId }: TestTenant,
  { count, topic, consumer = "test.consumer", payload = '{"a":1}', atMs = Date.now() }: LetterOptions,
): Promise<string[]> {
  const dataKey = await vault.dataKey(organizationId);
  const rows = Array.from({ length: count }, () => {
    const id = newId(atMs);
    return {
      id,
      organization_id: organizationId,
      event_id: newId(atMs),
      consumer,
      topic,
      cause: "handler",
      error: "Error: x",
      original_payload: dataKey.seal(deadLetterAad(id), Buffer.from(payload)),
      created_at: new Date(atMs),
    };
  });
  for (let from = 0; from < rows.length; from += 1_000) {
    await sql`insert into dead_letters ${sql(rows.slice(from, from + 1_000))}`;
  }
  return rows.map(({ id }) => id);
}
