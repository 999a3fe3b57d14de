import { AppLink, CopyId, KeyValue, Panel, StatusBadge, TimeAgo } from "@carewire/ui";
import type { DeadLetterDetail } from "../api/types.ts";
import { OrganizationName } from "../filters/organization-name.tsx";
import classes from "../frame/columns.module.css";
import { nameCause } from "./cause-names.ts";

/** Everything about a dead letter that fits into one word. */
export function Facts({ letter }: { letter: DeadLetterDetail }) {
  const { envelope, inbound_request: inbound } = letter;
  return (
    <aside className={classes.column} aria-label="Facts">
      <Panel title="Dead letter">
        <KeyValue
          items={[
            ["Id", <CopyId key="id" id={letter.id} />],
            ["Status", <StatusBadge key="status" status={letter.status} />],
            ["Cause", nameCause(letter.cause)],
            [
              "Topic",
              <span key="topic" className="cw-mono">
                {letter.topic}
              </span>,
            ],
            ["Consumer", letter.consumer ?? "none, it failed at the ingress"],
            ["Organization", <OrganizationName key="organization" id={letter.organization_id} />],
            ["Tries", `${letter.attempts}, and ${letter.retries} by hand`],
            ["Buried", <TimeAgo key="buried" at={letter.created_at} />],
            ["Ended", letter.resolved_at && <TimeAgo at={letter.resolved_at} />],
            ["By", letter.resolved_by],
            ["How", letter.resolution],
          ]}
        />
      </Panel>
      {envelope === null ? null : <EnvelopeFacts envelope={envelope} />}
      {inbound === null ? null : <RequestFacts request={inbound} />}
    </aside>
  );
}

function EnvelopeFacts({ envelope }: { envelope: NonNullable<DeadLetterDetail["envelope"]> }) {
  return (
    <Panel title="Envelope">
      <KeyValue
        items={[
          ["Event", <CopyId key="event" id={envelope.id} />],
          [
            "Topic",
            <span key="topic" className="cw-mono">
              {envelope.topic}
            </span>,
          ],
          ["Source", envelope.source_service],
          ["Published", <TimeAgo key="at" at={envelope.timestamp} />],
        ]}
      />
    </Panel>
  );
}

function RequestFacts({ request }: { request: NonNullable<DeadLetterDetail["inbound_request"]> }) {
  return (
    <Panel title="Inbound request">
      <KeyValue
        items={[
          [
            "Request",
            <AppLink key="request" to={`/inbound/${request.id}`}>
              {request.provider ?? "removed source"}
            </AppLink>,
          ],
          ["Received", <TimeAgo key="at" at={request.received_at} />],
          ["Reason", request.reason],
        ]}
      />
    </Panel>
  );
}
