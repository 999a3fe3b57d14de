import type { DoctorCheck } from "@carewire/contracts";
import { type Sql, verifyAuditChain } from "@carewire/db";

const organizationsMax = 100;
const entriesMax = 20_000;

/** The audit chains of as many organizations as fit into a request (invariant 10). */
export async function checkAudit(sql: Sql): Promise<DoctorCheck> {
  const name = "audit chains";
  const organizations = await sql<{ id: string }[]>`
    select id from organizations order by id limit ${organizationsMax + 1}`;
  let entries = 0;
  let verified = 0;
  for (const { id } of organizations.slice(0, organizationsMax)) {
    if (entries >= entriesMax) break;
    const verdict = await verifyAuditChain(sql, id, { rowsMax: entriesMax - entries });
    if (!verdict.ok) {
      return {
        name,
        status: "failed",
        detail: `organization ${id}: ${verdict.reason} at entry ${verdict.seq}`,
      };
    }
    entries += verdict.rows;
    verified++;
  }
  const isAll = verified === organizations.length && entries < entriesMax;
  const detail = `${entries} entries of ${verified} organizations are unbroken`;
  return isAll
    ? { name, status: "ok", detail }
    : { name, status: "warning", detail: `${detail}; there are more` };
}
