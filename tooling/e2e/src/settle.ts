import { eventually } from "@carewire/testkit";
import type { Sql } from "postgres";
import { type Balance, isConserved, readBalance } from "./conservation.ts";

/**
 * Waits until every event is routed and at least `deliveries` deliveries exist, all of them delivered; returns that
 * balance. Every look on the way there must be balanced too; a look that the database refuses is repeated.
 */
export async function settle(sql: Sql, deliveries: number, timeoutMs = 30_000): Promise<Balance> {
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
    { timeoutMs, intervalMs: 50, description: `${deliveries} deliveries to be delivered` },
  );
  await settled.catch((cause: Error) => {
    throw new Error(`${cause.message}; last balance: ${JSON.stringify(looks.at(-1))}`, { cause });
  });
  const last = looks.at(-1);
  if (last && isConserved(last)) return last;
  throw new Error(`not every delivery is accounted for: ${JSON.stringify(last)}`);
}
