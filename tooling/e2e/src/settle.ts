import { eventually } from "@carewire/testkit";
import type { Sql } from "postgres";
import { type Balance, isConserved, readBalance } from "./conservation.ts";

/**
 * Waits until every event is routed and at least `deliveries` deliveries exist, all of them delivered; returns that
 * balance. Every look on the way there must be balanced too; a look that the database refuses is repeated.
 */
export async function settle(sql: Sql, deliveries: number, timeoutMs = 90_000): Promise<Balance> {
  const looks: Balance[] = [];
  const settled = eventually(
    async () => {
      const balance = await readBalance(sql);
      looks.push(balance);
      if (!isConserved(balance)) return true;
      return (
        balance.unrouted === 0 && balance.delivered >= deliveries && balance.delivered === balance.deliveries
      );
    },
    { timeoutMs, description: `${deliveries} deliveries to be delivered` },
  );
  await settled.catch(async (cause: Error) => {
    const queue = await describeQueue(sql).catch(String);
    throw new Error(`${cause.message}; last balance: ${JSON.stringify(looks.at(-1))}; queue: ${queue}`, {
      cause,
    });
  });
  const last = looks.at(-1);
  if (last && isConserved(last)) return last;
  throw new Error(`not every delivery is accounted for: ${JSON.stringify(last)}`);
}

/** What still waits, by destination, for the message of a test that waited in vain. */
async function describeQueue(sql: Sql): Promise<string> {
  const rows = await sql`
    select shard, destination_id, count(*)::int waiting, count(lease_token)::int leased,
      extract(epoch from min(due_at) - now())::int "dueInSeconds", max(attempts) attempts
    from delivery_queue group by 1, 2 order by 1, 2 limit 20`;
  return JSON.stringify(rows);
}
