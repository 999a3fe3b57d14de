import type { Queryable, Sql } from "@carewire/db";
import { packBytes, plainArray, textArray } from "./array-literal.ts";
import { storeSubmissions } from "./store-submissions.ts";
import type { ResourceDraft, Submission } from "./submission.ts";
import { resourceAad, type Vault } from "./vault.ts";

/** A resource with what its row takes from the event that brings it. */
interface StoredResource extends ResourceDraft {
  organizationId: string;
  accountId: string | null;
  eventId: string;
  slot: string;
}

/** True when anything in the batch brings details to keep. */
export const carriesResources = (batch: Submission[]): boolean =>
  batch.some(({ events }) => events.some(({ resource }) => resource));

/**
 * Like `storeSubmissions`, and stores the resources of the events that are new in the same transaction. Batches without
 * resources have no use for the transaction's extra round trips.
 */
export async function storeWithResources(sql: Sql, vault: Vault, batch: Submission[]): Promise<Set<string>> {
  // Before the transaction: a key that is not at hand needs a connection of its own.
  for (const { organizationId } of batch) await vault.dataKey(organizationId);
  return sql.begin(async (tx) => {
    const stored = await storeSubmissions(tx, vault, batch);
    await upsert(tx, vault, newestOf(batch, stored));
    return stored;
  }) as Promise<Set<string>>;
}

/**
 * One row per resource, the newest version of the account that comes first: a statement cannot touch a row twice. In
 * one order for every process, which otherwise could wait for each other.
 */
function newestOf(batch: Submission[], stored: Set<string>): StoredResource[] {
  const newest = new Map<string, StoredResource>();
  for (const { organizationId, events } of batch) {
    for (const { draft, resource } of events) {
      if (!resource || !stored.has(draft.id)) continue;
      const slot = `${organizationId}:${resource.kind}:${resource.id}`;
      const accountId = draft.accountId ?? null;
      const known = newest.get(slot);
      if (known && (known.accountId !== accountId || known.version >= resource.version)) continue;
      newest.set(slot, { ...resource, organizationId, accountId, eventId: draft.id, slot });
    }
  }
  return [...newest.values()].sort((a, b) => (a.slot < b.slot ? -1 : 1));
}

async function seal(vault: Vault, resource: StoredResource): Promise<Buffer | null> {
  if (resource.body === null) return null;
  const dataKey = await vault.dataKey(resource.organizationId);
  return dataKey.seal(resourceAad(resource), resource.body);
}

/** Strong: a version belongs to one body. The event's id tells apart what was forgotten and published anew. */
const etagOf = ({ version, eventId }: StoredResource): string =>
  `"${version}-${eventId.replaceAll("-", "")}"`;

/** Replaces older versions. A resource stays with the account, or the organization, that it was first published for. */
async function upsert(tx: Queryable, vault: Vault, resources: StoredResource[]): Promise<void> {
  if (resources.length === 0) return;
  const bodies = packBytes(await Promise.all(resources.map((resource) => seal(vault, resource))));
  await tx`
    insert into resources as stored
      (organization_id, kind, resource_id, account_id, version, body, etag, event_id, updated_at)
    select organization_id, kind, resource_id, account_id, version,
      substring((select ${bodies.joined}::bytea) from body_offset for body_length), etag, event_id, now()
    from unnest(${plainArray(resources.map((resource) => resource.organizationId))}::uuid[],
      ${textArray(resources.map((resource) => resource.kind))}::text[],
      ${textArray(resources.map((resource) => resource.id))}::text[],
      ${plainArray(resources.map((resource) => resource.accountId))}::uuid[],
      ${plainArray(resources.map((resource) => resource.version))}::bigint[],
      ${textArray(resources.map(etagOf))}::text[],
      ${plainArray(resources.map((resource) => resource.eventId))}::uuid[],
      ${bodies.offsets}::int[], ${bodies.lengths}::int[])
      t(organization_id, kind, resource_id, account_id, version, etag, event_id, body_offset, body_length)
    on conflict (organization_id, kind, resource_id) do update
    set version = excluded.version, body = excluded.body, etag = excluded.etag, event_id = excluded.event_id,
      updated_at = excluded.updated_at
    where excluded.version > stored.version and excluded.account_id is not distinct from stored.account_id`;
}
