import type { Sql } from "@carewire/db";
import { type Clock, newId } from "@carewire/envelope";
import { withinTime } from "./within-time.ts";

const lookupTimeoutMs = 3_000;

export interface Sources {
  /**
   * The id of the organization's source of a provider by its name, created on first use. Cached: after the first
   * success it costs nothing. Rejects while the database is unreachable, and asks again the next time.
   */
  idOf(provider: string, name: string): Promise<string>;
}

/** The sources that the secrets in the environment stand for: for most providers one, named `default`. */
export function createSources(options: { sql: Sql; clock: Clock; organizationId: string }): Sources {
  const { sql, clock, organizationId } = options;
  const known = new Map<string, Promise<string>>();

  async function upsert(provider: string, name: string): Promise<string> {
    const [row] = await sql<{ id: string }[]>`
      insert into sources (id, organization_id, provider, name)
      values (${newId(clock.now())}, ${organizationId}, ${provider}, ${name})
      on conflict (organization_id, provider, name) do update set name = excluded.name returning id`;
    if (!row) throw new Error(`the ${name} source of ${provider} was neither found nor created`);
    return row.id;
  }

  return {
    idOf(provider, name) {
      const key = `${provider}/${name}`;
      let id = known.get(key);
      if (id === undefined) {
        id = withinTime(upsert(provider, name), lookupTimeoutMs, "finding the source");
        id.catch(() => known.delete(key));
        known.set(key, id);
      }
      return id;
    },
  };
}
