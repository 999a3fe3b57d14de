import { resourceKindPattern } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import type { resources } from "@carewire/db/schema";
import type { Principal } from "@carewire/service-kit";

export type ResourceRow = typeof resources.$inferSelect;

/** A resource that was not deleted. */
export type LiveResource = ResourceRow & { body: Buffer };

/** Which resource: ids are the publisher's own. */
export interface ResourceName {
  kind: string;
  id: string;
}

const idCharactersMax = 255;

/** The newest version of a resource that the caller may know of; null also when it was deleted. */
export async function findResource(
  tx: Queryable,
  { organizationId, accountId }: Principal,
  { kind, id }: ResourceName,
): Promise<LiveResource | null> {
  const isStorable = id.length <= idCharactersMax && id.isWellFormed() && !id.includes("\u0000");
  if (!isStorable || !resourceKindPattern.test(kind)) return null;
  const [row] = await tx<ResourceRow[]>`
    select * from resources where organization_id = ${organizationId} and kind = ${kind} and resource_id = ${id}
      ${accountId === null ? tx`` : tx`and account_id = ${accountId}`}`;
  if (row === undefined || row.body === null) return null;
  return { ...row, body: Buffer.from(row.body) };
}
