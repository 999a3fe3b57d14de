import { resourceAad, type Vault } from "@carewire/bus";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import { actorOf } from "../tenancy/actor.ts";
import { findCause } from "./find-cause.ts";
import { findResource, type LiveResource, type ResourceName } from "./find-resource.ts";
import { matchesEtag } from "./matches-etag.ts";

export interface ReadResourceDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
}

/** What a reader asks for, and what it said along with it. */
export interface ResourceRequest extends ResourceName {
  ifNoneMatch: string | undefined;
  delivery: string | undefined;
}

export type ResourceRead =
  | { outcome: "found"; etag: string; body: Buffer }
  | { outcome: "not_modified"; etag: string }
  | { outcome: "not_found" };

/** Finds the resource and puts the read on the audit chain, which is locked from there to the commit only. */
function findAudited(
  { sql, clock }: ReadResourceDeps,
  principal: Principal,
  request: ResourceRequest,
): Promise<{ row: LiveResource; isUnchanged: boolean } | null> {
  const { organizationId } = principal;
  return withTenant(sql, organizationId, async (tx) => {
    const row = await findResource(tx, principal, request);
    if (row === null) return null;
    const cause = await findCause(tx, principal, request.delivery);
    const isUnchanged = matchesEtag(request.ifNoneMatch, row.etag);
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "resource.read",
      target: `${row.kind}/${row.resource_id}`,
      detail: { ...cause, version: row.version, not_modified: isUnchanged },
      now: new Date(clock.now()),
    });
    return { row, isUnchanged };
  });
}

/**
 * The newest version of a resource, to the byte. Whatever is answered about one that is there, even that it is
 * unchanged, is on the audit chain first: who, which version, and which delivery led there.
 */
export async function readResource(
  deps: ReadResourceDeps,
  principal: Principal,
  request: ResourceRequest,
): Promise<ResourceRead> {
  const { organizationId } = principal;
  // Before the transaction: a key that is not at hand needs a connection of its own.
  const dataKey = await deps.vault.dataKey(organizationId);
  const found = await findAudited(deps, principal, request);
  if (found === null) return { outcome: "not_found" };
  const { row, isUnchanged } = found;
  if (isUnchanged) return { outcome: "not_modified", etag: row.etag };
  const aad = resourceAad({ organizationId, kind: row.kind, id: row.resource_id, version: row.version });
  return { outcome: "found", etag: row.etag, body: dataKey.open(aad, row.body) };
}
