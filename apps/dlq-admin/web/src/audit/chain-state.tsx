import { CopyButton, describeAge, explainError, StatusBadge, useNow } from "@carewire/ui";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { reads } from "../api/reads.ts";
import type { AuditVerdict } from "../api/types.ts";
import { useUser } from "../session/use-session.ts";
import classes from "./audit.module.css";
import { mergeVerdicts } from "./merge-verdicts.ts";

const faults = {
  gap: "an entry is missing",
  broken_link: "it does not follow from the one before",
  altered: "it was changed",
};

/** Whether an organization's chain of entries is whole; checked when asked, as it reads every entry. */
export function ChainState({ organizationId }: { organizationId: string | undefined }) {
  const user = useUser();
  const now = useNow();
  const organization = organizationId ?? user.organization_id;
  const verdict = useQuery({
    queryKey: ["audit-verdict", organization],
    queryFn: ({ signal }) => verifyWhole(organization, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const whose = organizationId === undefined ? "your own organization's chain" : "this organization's chain";
  return (
    <section
      className={classes.chain}
      data-state={verdict.data?.ok === false ? "broken" : undefined}
      aria-label="Chain"
    >
      {verdict.data === undefined ? (
        <span>{verdict.error ? explainError(verdict.error) : `Checking ${whose}…`}</span>
      ) : (
        <>
          <StatusBadge
            status={verdict.data.ok ? "verified" : "invalid"}
            label={verdict.data.ok ? "chain is whole" : "chain is broken"}
          />
          <span>{describeVerdict(verdict.data, whose)}</span>
          <span className={classes.hash}>checked {describeAge(verdict.dataUpdatedAt, now)}</span>
          {verdict.data.head_hash === null ? null : (
            <span className={classes.hash}>
              head <span className="cw-mono">{verdict.data.head_hash.slice(0, 12)}…</span>
              <CopyButton text={verdict.data.head_hash} what="head hash" />
            </span>
          )}
          {verdict.error ? (
            <span role="alert">It could not be checked again: {explainError(verdict.error)}</span>
          ) : null}
        </>
      )}
      <Button
        variant="default"
        size="compact-xs"
        loading={verdict.isFetching}
        onClick={() => verdict.refetch()}
      >
        Check again
      </Button>
    </section>
  );
}

async function verifyWhole(organizationId: string, signal: AbortSignal): Promise<AuditVerdict> {
  let whole: AuditVerdict | null = null;
  // Each request checks many thousands; a chain of millions takes several.
  do {
    const part: AuditVerdict = await reads.verifyAudit(
      { organization_id: organizationId, after_seq: whole?.head_seq ?? undefined },
      { signal },
    );
    whole = whole === null ? part : mergeVerdicts(whole, part);
  } while (whole.ok && !whole.complete);
  return whole;
}

function describeVerdict({ ok, entries, fault }: AuditVerdict, whose: string): string {
  if (ok || fault === null)
    return `${entries.toLocaleString("en")} entries of ${whose} follow from each other.`;
  return `Entry ${fault.seq} of ${whose} is wrong: ${faults[fault.reason]}. Do not change anything; tell whoever owns security.`;
}
