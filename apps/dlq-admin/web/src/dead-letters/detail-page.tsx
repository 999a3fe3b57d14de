import { EmptyState, JsonView, Loaded, PageHeader, Panel, StatusBadge } from "@carewire/ui";
import { useParams } from "@tanstack/react-router";
import { reads } from "../api/reads.ts";
import type { DeadLetterDetail } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import classes from "../frame/columns.module.css";
import { LineageView } from "../lineage/lineage-view.tsx";
import { inTheClear } from "../reveal/in-the-clear.ts";
import { RevealControl } from "../reveal/reveal-control.tsx";
import { useReveal } from "../reveal/use-reveal.ts";
import { AttemptsTable } from "./attempts-table.tsx";
import { nameCause } from "./cause-names.ts";
import { DetailActions } from "./detail-actions.tsx";
import { Facts } from "./facts.tsx";
import { Fault } from "./fault.tsx";
import { RetryHistory } from "./retry-history.tsx";

/** One dead letter: what it held, why it failed, what was tried, and what can be done. */
export function DetailPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const letter = useLive(["dead-letter", id], (options) => reads.deadLetter(id, {}, options));
  return <Loaded query={letter}>{(data) => <Detail key={id} letter={data} />}</Loaded>;
}

function Detail({ letter }: { letter: DeadLetterDetail }) {
  const { revealed, reveal, hide } = useReveal((reason) =>
    reads.deadLetter(letter.id, { reveal: "true", reason }, {}),
  );
  const payload = revealed?.data.original_payload ?? letter.original_payload;
  return (
    <>
      <PageHeader
        title={titleOf(letter)}
        above={[{ to: "/dead-letters", label: "Dead letters" }]}
        badge={<StatusBadge status={letter.status} />}
        actions={
          <DetailActions letter={letter} clear={revealed?.data.original_payload ?? null} onReveal={reveal} />
        }
      />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Panel title="What went wrong">
            <Fault letter={letter} />
          </Panel>
          <Panel
            title={revealed === null ? "Payload, masked" : "Payload in the clear"}
            end={<RevealControl revealedFor={revealed?.reason ?? null} onReveal={reveal} onHide={hide} />}
          >
            {payload === "" ? (
              <EmptyState title="There is no payload">
                It was empty, it was erased, or the letter has been closed for longer than payloads are kept.
              </EmptyState>
            ) : (
              <JsonView value={payload} what="payload" />
            )}
          </Panel>
          <AttemptsTable attempts={letter.attempt_history} />
          <RetryHistory
            retries={inTheClear(
              letter.retry_history,
              revealed?.data.retry_history,
              "requested_at",
              "corrected_payload",
            )}
          />
          {letter.lineage === null ? null : (
            <Panel title="Where it came from, and where it went">
              <LineageView chain={letter.lineage} />
            </Panel>
          )}
        </div>
        <Facts letter={letter} />
      </div>
    </>
  );
}

function titleOf({ cause, consumer, topic }: DeadLetterDetail): string {
  return `${nameCause(cause)}: ${consumer ?? topic}`;
}
