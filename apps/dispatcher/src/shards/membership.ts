import type { Sql } from "@carewire/db";
import { ownedShards } from "./ownership.ts";

export interface Membership {
  owns(shard: number): boolean;
  owned(): readonly number[];
  /** Says "still here" and looks who else is. Calls `onChange` with the shards that were gained. */
  refresh(): Promise<void>;
  leave(): Promise<void>;
}

export function createMembership(deps: {
  sql: Sql;
  instanceId: string;
  /** An instance that has not been heard of for this long is gone. */
  silenceSecondsMax: number;
  onGained(shards: number[]): void;
}): Membership {
  const { sql, instanceId, silenceSecondsMax, onGained } = deps;
  let owned: readonly number[] = [];
  let lookup = new Set<number>();

  let refreshing: Promise<void> = Promise.resolve();

  async function refresh(): Promise<void> {
    await sql`insert into dispatcher_instances (id) values (${instanceId})
      on conflict (id) do update set heartbeat_at = now()`;
    await sql`delete from dispatcher_instances where heartbeat_at < now() - 10 * ${silenceSecondsMax} * interval '1 s'`;
    const rows = await sql<{ id: string }[]>`select id from dispatcher_instances
      where heartbeat_at > now() - ${silenceSecondsMax} * interval '1 second'`;
    const before = lookup;
    owned = ownedShards(
      instanceId,
      rows.map((row) => row.id),
    );
    lookup = new Set(owned);
    const gained = owned.filter((shard) => !before.has(shard));
    if (gained.length > 0) onGained(gained);
  }

  return {
    owns: (shard) => lookup.has(shard),
    owned: () => owned,
    refresh() {
      refreshing = refresh();
      return refreshing;
    },
    async leave() {
      // One under way would write this instance's row again.
      await refreshing.catch(() => {});
      await sql`delete from dispatcher_instances where id = ${instanceId}`;
    },
  };
}
