import type { AuditVerdict } from "../api/types.ts";

/** The verdict on two parts of a chain that follow each other. */
export function mergeVerdicts(first: AuditVerdict, second: AuditVerdict): AuditVerdict {
  return {
    ...second,
    entries: first.entries + second.entries,
    head_seq: second.head_seq ?? first.head_seq,
    head_hash: second.head_hash ?? first.head_hash,
  };
}
