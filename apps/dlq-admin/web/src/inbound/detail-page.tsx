import {
  AllowedButton,
  AppLink,
  ConfirmWithReason,
  CopyId,
  EmptyState,
  JsonView,
  KeyValue,
  Loaded,
  notifyDone,
  PageHeader,
  Panel,
  StatusBadge,
  TimeAgo,
} from "@carewire/ui";
import { Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconRepeat } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { reads } from "../api/reads.ts";
import type { InboundRequestDetail } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { writes } from "../api/writes.ts";
import { OrganizationName } from "../filters/organization-name.tsx";
import classes from "../frame/columns.module.css";
import { LineagePanel } from "../lineage/lineage-panel.tsx";
import { RevealControl } from "../reveal/reveal-control.tsx";
import { useReveal } from "../reveal/use-reveal.ts";
import { refusalFor } from "../session/refusals.ts";
import { useUser } from "../session/use-session.ts";
import { replayTexts } from "./replay-texts.ts";
import { verdictTones } from "./verdict-tone.ts";

/** One inbound request: what was sent, what became of it, and replaying it. */
export function InboundDetailPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const request = useLive(["inbound-request", id], (options) => reads.inboundRequest(id, {}, options));
  return <Loaded query={request}>{(data) => <Detail key={id} request={data} />}</Loaded>;
}

function Detail({ request }: { request: InboundRequestDetail }) {
  const { revealed, reveal, hide } = useReveal((reason) =>
    reads.inboundRequest(request.id, { reveal: "true", reason }, {}),
  );
  const shown = revealed?.data ?? request;
  return (
    <>
      <PageHeader
        title={`Request from ${request.source?.provider ?? "a removed source"}`}
        above={[{ to: "/inbound", label: "Inbound requests" }]}
        badge={<StatusBadge status={request.verdict} tone={verdictTones[request.verdict]} />}
        actions={<ReplayButton request={request} />}
      />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Panel
            title={revealed === null ? "Body, masked" : "Body in the clear"}
            end={<RevealControl revealedFor={revealed?.reason ?? null} onReveal={reveal} onHide={hide} />}
          >
            {shown.body === null ? (
              <EmptyState title="The body is not kept">
                Bodies are kept for a limited time, repeated ones not at all.
              </EmptyState>
            ) : (
              <JsonView value={shown.body} what="body" />
            )}
          </Panel>
          <Panel title="Headers">
            <JsonView value={shown.headers} what="headers" />
          </Panel>
          <LineagePanel id={request.id} />
        </div>
        <RequestFacts request={request} />
      </div>
    </>
  );
}

function ReplayButton({ request }: { request: InboundRequestDetail }) {
  const user = useUser();
  const queryClient = useQueryClient();
  const [opened, dialog] = useDisclosure(false);
  const texts = replayTexts[request.replay];
  return (
    <>
      <AllowedButton
        leftSection={<IconRepeat size={14} />}
        refusal={refusalFor(user, "operator") ?? texts.refusal}
        onClick={dialog.open}
      >
        Replay
      </AllowedButton>
      <ConfirmWithReason
        opened={opened}
        onClose={dialog.close}
        title="Replay this request?"
        confirmLabel="Replay"
        onConfirm={async (reason) => {
          const { did, events } = await writes.replayInbound(request.id, reason ?? "");
          notifyDone(
            did === "republished"
              ? `${events} ${events === 1 ? "event is" : "events are"} delivered again.`
              : "Its ingress maps it again.",
          );
          void queryClient.invalidateQueries();
        }}
      >
        <Text size="sm">{texts.explanation}</Text>
      </ConfirmWithReason>
    </>
  );
}

function RequestFacts({ request }: { request: InboundRequestDetail }) {
  return (
    <aside className={classes.column} aria-label="Facts">
      <Panel title="Request">
        <KeyValue
          items={[
            ["Id", <CopyId key="id" id={request.id} />],
            ["Source", request.source?.name ?? "removed"],
            ["Organization", <OrganizationName key="organization" id={request.organization_id} />],
            ["Reason", request.reason],
            ["Size", `${request.body_bytes.toLocaleString("en")} bytes`],
            ["Received", <TimeAgo key="at" at={request.received_at} />],
            [
              "Dead letter",
              request.dead_letter_id && (
                <AppLink to={`/dead-letters/${request.dead_letter_id}`}>open it</AppLink>
              ),
            ],
          ]}
        />
      </Panel>
      <Panel title="Events of it">
        {request.events.length === 0 ? (
          <Text size="sm" c="dimmed">
            None.
          </Text>
        ) : (
          request.events.map((event) => (
            <Text key={event.id} size="sm" component="div">
              <span className="cw-mono">{event.type}</span>
              <CopyId id={event.id} />
            </Text>
          ))
        )}
      </Panel>
    </aside>
  );
}
