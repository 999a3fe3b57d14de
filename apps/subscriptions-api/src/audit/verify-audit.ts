import { apiContract, verifiedEntriesMax } from "@carewire/contracts";
import { type AuditVerdict, type Sql, verifyAuditChain, withTenant } from "@carewire/db";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { notForAccounts } from "./not-for-accounts.ts";

function presentVerdict(verdict: AuditVerdict) {
  if (!verdict.ok) {
    const fault = { seq: verdict.seq, reason: verdict.reason };
    return { ok: false, entries: verdict.rows, head_seq: null, head_hash: null, complete: true, fault };
  }
  return {
    ok: true,
    entries: verdict.rows,
    head_seq: verdict.rows === 0 ? null : verdict.headSeq,
    head_hash: verdict.rows === 0 ? null : verdict.head.toString("hex"),
    complete: verdict.rows < verifiedEntriesMax,
    fault: null,
  };
}

/** `GET /v1/audit/verify` */
export function createVerifyAudit({ sql }: { sql: Sql }) {
  return initServer().route(apiContract.audit.verify, async ({ query, res }) => {
    const { organizationId, accountId } = principalOf(res);
    if (accountId !== null) return notForAccounts(res);
    const range = {
      rowsMax: verifiedEntriesMax,
      ...(query.after_seq === undefined ? {} : { afterSeq: query.after_seq }),
    };
    const verdict = await withTenant(sql, organizationId, (tx) =>
      verifyAuditChain(tx, organizationId, range),
    );
    return { status: 200, body: presentVerdict(verdict) };
  });
}
