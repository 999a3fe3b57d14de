import type { Sql } from "@carewire/db";
import { type Clock, newId } from "@carewire/envelope";

const heartbeatMs = 15_000;

export interface RegistrationOptions {
  sql: Sql;
  clock: Clock;
  /** The consumer's unique name. */
  name: string;
  topics: string[];
}

export interface Registration {
  /** Resolves once the consumer is known to the router. */
  registered: Promise<void>;
  /** Registers at the first call, says now and then that the consumer lives, and returns its id. */
  keep(): Promise<string>;
}

/**
 * Makes a consumer known to the router: its name, once, and exactly these topics, so that adding one never touches the
 * dispatcher. Processes of the same consumer may register at the same time; the last list of topics wins.
 */
export function createRegistration({ sql, clock, name, topics }: RegistrationOptions): Registration {
  let consumerId: string | null = null;
  let heartbeatAtMs = 0;
  let markRegistered = (): void => {};
  const registered = new Promise<void>((resolve) => {
    markRegistered = resolve;
  });

  async function register(): Promise<string> {
    return sql.begin(async (tx) => {
      const [row] = await tx<{ id: string }[]>`
        insert into consumers (id, name) values (${newId(clock.now())}::uuid, ${name})
        on conflict (name) do update set last_seen_at = now(), removed_at = null,
          active = consumers.active or consumers.removed_at is not null
        returning id`;
      if (!row) throw new Error(`consumer ${name}: the registration returned no row`);
      await tx`delete from consumer_topics where consumer_id = ${row.id}::uuid and topic <> all(${topics}::text[])`;
      await tx`insert into consumer_topics (topic, consumer_id)
        select topic, ${row.id}::uuid from unnest(${topics}::text[]) t(topic) on conflict do nothing`;
      return row.id;
    });
  }

  return {
    registered,
    async keep() {
      if (consumerId === null) {
        consumerId = await register();
        heartbeatAtMs = clock.now() + heartbeatMs;
        markRegistered();
      }
      if (clock.now() >= heartbeatAtMs) {
        await sql`update consumers set last_seen_at = now() where id = ${consumerId}::uuid`;
        heartbeatAtMs = clock.now() + heartbeatMs;
      }
      return consumerId;
    },
  };
}
