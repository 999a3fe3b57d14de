import { dlqContract, verifiedEntriesMax } from "@carewire/contracts";
import { type AuditVerdict, verifyAuditChain, withTenant } from "@carewire/db";
import { initServer } from "@ts-rest/express";
import { grantAccess, refuseAccess } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";

function presentVerdict(verdict: AuditVerdict) {
  if (!verdict.ok) {
    const fault = { seq: verdict.seq, reason: verdict.reason };
    return { ok: false, entries: verdict.rows, head_seq: null, head_hash: null, complete: true, fault };
  }
  const isEmpty = verdict.rows === 0;
  return {
    ok: true,
    entries: verdict.rows,
    head_seq: isEmpty ? null : verdict.headSeq,
    head_hash: isEmpty ? null : verdict.head.toString("hex"),
    complete: verdict.rows < verifiedEntriesMax,
    fault: null,
  };
}

/** `GET /admin/audit/verify` */
export function createVerifyAudit({ sql }: DlqDeps) {
  return initServer().route(dlqContract.audit.verify, async ({ query, res }) => {
    const caller = callerOf(res);
    const granted = grantAccess(caller, query.organization_id);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const organizationId = granted.access.organizationId ?? caller.organizationId;
    const range = {
      rowsMax: verifiedEntriesMax,
      ...(query.after_seq !== undefined && { afterSeq: query.after_seq }),
    };
    const verdict = await withTenant(sql, organizationId, (tx) =>
      verifyAuditChain(tx, organizationId, range),
    );
    return { status: 200, body: presentVerdict(verdict) };
  });
}
