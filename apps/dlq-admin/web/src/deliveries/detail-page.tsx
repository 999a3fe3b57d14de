import {
  CopyId,
  EmptyState,
  JsonView,
  KeyValue,
  Loaded,
  PageHeader,
  Panel,
  StatusBadge,
  TimeAgo,
} from "@carewire/ui";
import { useParams } from "@tanstack/react-router";
import { reads } from "../api/reads.ts";
import type { DeliveryDetail } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { OrganizationName } from "../filters/organization-name.tsx";
import classes from "../frame/columns.module.css";
import { LineagePanel } from "../lineage/lineage-panel.tsx";
import { inTheClear } from "../reveal/in-the-clear.ts";
import { RevealControl } from "../reveal/reveal-control.tsx";
import { useReveal } from "../reveal/use-reveal.ts";
import { AttemptsPanel } from "./attempts-panel.tsx";

/** One delivery: its payload, every attempt with request and answer, and the chain around it. */
export function DeliveryPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const delivery = useLive(["delivery", id], (options) => reads.delivery(id, {}, options));
  return <Loaded query={delivery}>{(data) => <Detail key={id} delivery={data} />}</Loaded>;
}

function Detail({ delivery }: { delivery: DeliveryDetail }) {
  const { revealed, reveal, hide } = useReveal((reason) =>
    reads.delivery(delivery.id, { reveal: "true", reason }, {}),
  );
  const { payload } = revealed?.data ?? delivery;
  return (
    <>
      <PageHeader
        title={`${delivery.event_type} to ${delivery.destination_name ?? "a deleted subscription"}`}
        above={[{ to: "/deliveries", label: "Deliveries" }]}
        badge={<StatusBadge status={delivery.status} />}
      />
      <div className={classes.columns}>
        <div className={classes.column}>
          <AttemptsPanel
            attempts={inTheClear(
              delivery.attempt_history,
              revealed?.data.attempt_history,
              "id",
              "response_body",
            )}
          />
          <Panel
            title={revealed === null ? "Payload, masked" : "Payload in the clear"}
            end={<RevealControl revealedFor={revealed?.reason ?? null} onReveal={reveal} onHide={hide} />}
          >
            {payload === null ? (
              <EmptyState title="The payload is not kept any more">
                It was erased, or its time was over.
              </EmptyState>
            ) : (
              <JsonView value={payload} what="payload" />
            )}
          </Panel>
          <LineagePanel id={delivery.id} />
        </div>
        <Facts delivery={delivery} />
      </div>
    </>
  );
}

function Facts({ delivery }: { delivery: DeliveryDetail }) {
  const { subscription_id: subscriptionId } = delivery;
  return (
    <aside className={classes.column} aria-label="Facts">
      <Panel title="Delivery">
        <KeyValue
          items={[
            ["Id", <CopyId key="id" id={delivery.id} />],
            ["Event", <CopyId key="event" id={delivery.event_id} />],
            ["Consumer", delivery.consumer],
            [
              "Subscription",
              subscriptionId && (
                <CopyId key="sub" id={subscriptionId} to={`/subscriptions/${subscriptionId}`} />
              ),
            ],
            ["Organization", <OrganizationName key="organization" id={delivery.organization_id} />],
            ["Made by", delivery.trigger],
            ["Tries", delivery.attempts],
            ["Next try", delivery.next_retry_at && <TimeAgo at={delivery.next_retry_at} />],
            ["Created", <TimeAgo key="created" at={delivery.created_at} />],
            ["Ended", delivery.finished_at && <TimeAgo at={delivery.finished_at} />],
          ]}
        />
      </Panel>
    </aside>
  );
}
