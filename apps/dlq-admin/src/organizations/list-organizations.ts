import { dlqContract } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { publicId } from "@carewire/envelope";
import { beyondId, type PageRead } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Access } from "../access/access.ts";
import type { DlqDeps } from "../deps.ts";
import { answerPage } from "../lists/answer-page.ts";
import { containing } from "../lists/contains.ts";

interface OrganizationRow {
  id: string;
  name: string;
  created_at: Date;
  open_dead_letters: number;
  alert: boolean;
  audit_head_seq: string | null;
}

const readOrganizations = (
  tx: Queryable,
  { organizationId }: Access,
  q: string | undefined,
  { limit, position }: PageRead,
) => {
  const { condition, order } = beyondId(tx, "o.id", position);
  return tx<OrganizationRow[]>`
    select o.id, o.name, o.created_at,
      (select count(*)::int from dead_letters l where l.organization_id = o.id and l.status = 'open') open_dead_letters,
      exists (select from dead_letter_alerts a where a.organization_id = o.id) alert,
      (select max(seq) from audit_log g where g.organization_id = o.id) audit_head_seq
    from organizations o
    where ${condition} ${organizationId === null ? tx`` : tx`and o.id = ${organizationId}::uuid`}
      ${q === undefined ? tx`` : tx`and o.name ilike ${containing(q)}`}
    order by ${order} limit ${limit}`;
};

/** `GET /admin/organizations` */
export function createListOrganizations(deps: DlqDeps) {
  return initServer().route(dlqContract.organizations.list, ({ query, res }) =>
    answerPage(deps, res, {
      list: "organizations",
      query,
      filters: { q: query.q },
      read: (tx, access, page) => readOrganizations(tx, access, query.q, page),
      idsOf: (row: OrganizationRow) => [row.id],
      present: (row) => ({
        id: publicId("org", row.id),
        name: row.name,
        created_at: row.created_at.toISOString(),
        open_dead_letters: row.open_dead_letters,
        alert: row.alert,
        audit_head_seq: row.audit_head_seq,
      }),
    }),
  );
}
