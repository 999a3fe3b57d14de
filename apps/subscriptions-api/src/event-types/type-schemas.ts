import { type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { createBoundedMap, createSingleFlight } from "@carewire/service-kit";
import { type CompiledSchema, compileSchema } from "./compile-schema.ts";
import { findOwnType } from "./event-type-row.ts";

/** The schemas of organizations' own event types, ready to use. */
export interface TypeSchemas {
  /** What this organization's events of this type must satisfy; null: nothing. At most a second old. */
  find(organizationId: string, type: string): Promise<CompiledSchema | null>;
  /** Makes a change of this process take effect in it at once. */
  forget(organizationId: string): void;
}

/** Which types of one organization have a schema, and since when. */
interface KnownTypes {
  versions: ReadonlyMap<string, string>;
  readAtMs: number;
}

const ageMaxMs = 1_000;
const organizationsMax = 10_000;
const schemasMax = 500;

/** Remembers which types have a schema for a second, so that publishing without one costs a look into a map. */
export function createTypeSchemas({ sql, clock }: { sql: Sql; clock: Clock }): TypeSchemas {
  const organizations = createBoundedMap<string, KnownTypes>(organizationsMax);
  const schemas = createBoundedMap<string, CompiledSchema | null>(schemasMax);
  const readOnce = createSingleFlight<KnownTypes>();
  const compileOnce = createSingleFlight<CompiledSchema | null>();

  async function readTypes(organizationId: string): Promise<KnownTypes> {
    const readAtMs = clock.now();
    const rows = await withTenant(
      sql,
      organizationId,
      (tx) => tx<{ type: string; updated_at: Date }[]>`
        select type, updated_at from event_types
        where organization_id = ${organizationId} and schema is not null`,
    );
    const versions = new Map(rows.map((row) => [row.type, row.updated_at.toISOString()]));
    const known = { versions, readAtMs };
    organizations.set(organizationId, known);
    return known;
  }

  async function compile(key: string, organizationId: string, type: string): Promise<CompiledSchema | null> {
    const row = await withTenant(sql, organizationId, (tx) => findOwnType(tx, organizationId, type));
    if (row?.schema === null || row?.schema === undefined) return null;
    const compiled = compileSchema(row.schema);
    // Stored by a release that allowed more: better unchecked than refused for what is not the publisher's doing.
    const schema = compiled.ok ? compiled.schema : null;
    schemas.set(key, schema);
    return schema;
  }

  return {
    async find(organizationId, type) {
      let known = organizations.get(organizationId);
      if (known === undefined || clock.now() - known.readAtMs > ageMaxMs) {
        known = await readOnce(organizationId, () => readTypes(organizationId));
      }
      const version = known.versions.get(type);
      if (version === undefined) return null;
      const key = `${organizationId}:${type}:${version}`;
      const compiled = schemas.get(key);
      return compiled !== undefined ? compiled : compileOnce(key, () => compile(key, organizationId, type));
    },
    forget: (organizationId) => organizations.delete(organizationId),
  };
}
