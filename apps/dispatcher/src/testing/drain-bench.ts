import {
  cancelDeliveries,
  holdDeliveries,
  releaseDeliveries,
  type Transaction,
  withTenant,
} from "@carewire/db";
import { eventually } from "@carewire/testkit";
import { type DrainLimits, type DrainStep, type DrainStepDeps, stepDrain } from "../drain/drain-step.ts";
import { routeBatch } from "../store/route.ts";
import type { DeliveryBench, TestSubscription } from "./delivery-bench.ts";

/** A router that has done its work and not committed it yet. */
export interface OpenRouting {
  commit(): Promise<void>;
}

/** So small that a handful of deliveries takes many steps. */
export const smallLimits: DrainLimits = { lookMax: 5, takeMax: 3, dueMax: 1_000, waitingMax: 1_000 };

/** What tests of drains do to a delivery bench: the API's requests, dispatchers' steps, and routers out of step. */
export function createDrainBench(bench: DeliveryBench) {
  const { sql, organizationId } = bench;

  /** One request of the API: as a tenant, with the subscription locked. False: it is gone. */
  async function request(id: string, work: (tx: Transaction) => Promise<unknown>): Promise<boolean> {
    return withTenant(sql, organizationId, async (tx) => {
      const locked = await tx`select 1 from subscriptions where id = ${id} for update`;
      if (locked.length === 0) return false;
      await work(tx);
      return true;
    });
  }

  const setActive = (tx: Transaction, id: string, active: boolean) =>
    tx`update subscriptions set active = ${active}, version = version + 1 where id = ${id}`;
  const step = (more: Partial<DrainStepDeps> = {}): Promise<DrainStep> =>
    stepDrain({ sql, failpoint: () => {}, ...more });
  const openDrains = async () => (await sql`select 1 from endpoint_drains`).length;

  /** Takes steps until no drain may take another. */
  async function run(more: Partial<DrainStepDeps> = {}): Promise<void> {
    while ((await step(more)).kind !== "idle");
  }

  /** Drains that wait for their time may go on now. */
  async function makeDue(): Promise<void> {
    await sql`update endpoint_drains set next_step_at = now()`;
  }

  return {
    step,
    run,
    makeDue,
    openDrains,
    pause: ({ id }: TestSubscription, rowsMax?: number) =>
      request(id, async (tx) => {
        await setActive(tx, id, false);
        await holdDeliveries(tx, id, rowsMax);
      }),
    resume: ({ id }: TestSubscription, rowsMax?: number) =>
      request(id, async (tx) => {
        await setActive(tx, id, true);
        await releaseDeliveries(tx, id, rowsMax);
      }),
    remove: ({ id, shard }: TestSubscription, rowsMax?: number) =>
      request(id, async (tx) => {
        await tx`delete from subscription_patterns where subscription_id = ${id}`;
        await cancelDeliveries(tx, { id, organizationId, shard }, rowsMax);
        await tx`delete from subscriptions where id = ${id}`;
      }),
    /** Goes on until no drain is left, without waiting for anybody's time. */
    async finish(more: Partial<DrainStepDeps> = {}): Promise<void> {
      // A last pass waits for every transaction of the server that is older, those of other suites too.
      await eventually(
        async () => {
          await makeDue();
          await run(more);
          return (await openDrains()) === 0;
        },
        { timeoutMs: 60_000, description: "every drain to end" },
      );
    },
    /** Routes what waits on a connection of its own, and leaves the transaction open. */
    async openRouting(): Promise<OpenRouting> {
      const connection = await sql.reserve();
      await connection`begin`;
      await connection`set local idle_in_transaction_session_timeout = 0`;
      await routeBatch(connection, 500);
      return {
        async commit() {
          await connection`commit`;
          connection.release();
        },
      };
    },
    /** Deliveries of a subscription in no queue and in this status, `count` of them. */
    store: ({ id }: TestSubscription, count: number, status: number) => sql`
      insert into deliveries (id, organization_id, event_id, destination_id, status)
      select uuidv7(), ${organizationId}, uuidv7(), ${id}, ${status} from generate_series(1, ${count})`,
    /** How many deliveries are in each status. */
    async counts(): Promise<Record<number, number>> {
      const rows = await sql<{ status: number; count: number }[]>`
        select status, count(*)::int count from deliveries group by 1`;
      return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
    },
    queued: async () => (await sql`select id from delivery_queue order by id`).map(({ id }) => String(id)),
    drains: () => sql<{ kind: string; last_pass: boolean }[]>`select kind, last_pass from endpoint_drains`,
  };
}

export type DrainBench = ReturnType<typeof createDrainBench>;
