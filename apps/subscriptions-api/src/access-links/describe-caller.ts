import type { Caller } from "@carewire/contracts";
import { publicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import type postgres from "postgres";

interface NameRow {
  organization: string;
  account: string | null;
  key_expires_at: Date | null;
}

const signedInWith = ({ session }: Principal): Caller["signed_in_with"] =>
  session === undefined || session.accessLinkId === null ? "api_key" : "access_link";

/** Who is calling, with the names of its organization and account. */
export async function describeCaller(tx: postgres.TransactionSql, principal: Principal): Promise<Caller> {
  const { organizationId, accountId, apiKeyId, session } = principal;
  const [row] = await tx<NameRow[]>`
    select o.name as organization, a.name as account, k.expires_at as key_expires_at
    from organizations o
    join api_keys k on k.organization_id = o.id and k.id = ${apiKeyId}
    left join accounts a on a.organization_id = o.id and a.id = ${accountId}
    where o.id = ${organizationId}`;
  if (row === undefined) throw new Error("a caller's organization or API key is not there");
  const expiresAt = session === undefined ? row.key_expires_at : new Date(session.expiresAt);
  return {
    organization: { id: publicId("org", organizationId), name: row.organization },
    account: accountId === null ? null : { id: publicId("acc", accountId), name: row.account ?? "" },
    scopes: [...principal.scopes],
    signed_in_with: signedInWith(principal),
    session_id: session === undefined ? null : publicId("ses", session.id),
    embed_origin: session?.embedOrigin ?? null,
    expires_at: expiresAt?.toISOString() ?? null,
  };
}
