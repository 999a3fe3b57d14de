import { AppLink, ShortId, StatusBadge, TimeAgo } from "@carewire/ui";
import { Text } from "@mantine/core";
import { IconArrowBigRight, IconBolt, IconSend } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Answer } from "../api/routes.ts";
import { EndpointName } from "../endpoints/endpoint-name.tsx";
import classes from "./lineage-tree.module.css";

type Chain = Answer<"GET /v1/lineage/:id">;
type Event = Chain["events"][number];
type Delivery = Event["deliveries"][number];

export interface LineageTreeProps {
  chain: Chain;
  /** The event whose page this is. */
  shownEventId: string;
}

/** The request that came in, the events it led to, their deliveries and attempts. */
export function LineageTree({ chain, shownEventId }: LineageTreeProps) {
  const { inbound_request: request, events } = chain;
  return (
    <>
      <ol className={classes.tree}>
        {request === null ? null : (
          <Node icon={<IconArrowBigRight size={15} />} at={request.received_at}>
            Received from <strong>{request.provider ?? "a provider"}</strong>
            <StatusBadge status={request.verdict} />
          </Node>
        )}
        {events.map((event) => (
          <EventNode key={event.id} event={event} isShown={event.id === shownEventId} />
        ))}
      </ol>
      {chain.truncated ? (
        <Text size="xs" c="dimmed" mt="xs">
          There is more than is shown here.
        </Text>
      ) : null}
    </>
  );
}

function EventNode({ event, isShown }: { event: Event; isShown: boolean }) {
  const deliveries = event.deliveries.filter(({ subscription_id }) => subscription_id !== null);
  return (
    <>
      <Node icon={<IconBolt size={15} />} at={event.accepted_at} current={isShown}>
        {isShown ? (
          <strong className="cw-mono">{event.type}</strong>
        ) : (
          <AppLink to={`/events/${event.id}`} className="cw-mono">
            {event.type}
          </AppLink>
        )}
        <Text size="xs" c="dimmed" component="span">
          from {event.source_service}
        </Text>
        {deliveries.length === 0 ? (
          <Text size="xs" c="dimmed" component="span">
            No endpoint asked for it
          </Text>
        ) : null}
      </Node>
      {deliveries.map((delivery) => (
        <DeliveryNode key={delivery.id} delivery={delivery} />
      ))}
    </>
  );
}

function DeliveryNode({ delivery }: { delivery: Delivery }) {
  const last = delivery.attempts.at(-1);
  return (
    <Node icon={<IconSend size={14} />} at={delivery.finished_at ?? delivery.created_at} nested>
      <EndpointName id={delivery.subscription_id ?? ""} />
      <StatusBadge status={delivery.status} />
      <AppLink to={`/deliveries/${delivery.id}`}>
        <ShortId id={delivery.id} />
      </AppLink>
      <Text size="xs" c="dimmed" component="span">
        {delivery.attempts.length === 0
          ? "not tried yet"
          : `${delivery.attempts.length} ${delivery.attempts.length === 1 ? "attempt" : "attempts"}, last: ${last?.response_code ?? last?.outcome.replaceAll("_", " ")}`}
      </Text>
    </Node>
  );
}

interface NodeProps {
  icon: ReactNode;
  at: string;
  current?: boolean;
  nested?: boolean;
  children: ReactNode;
}

const Node = ({ icon, at, current, nested, children }: NodeProps) => (
  <li className={classes.node} data-nested={nested ? "" : undefined} data-current={current ? "" : undefined}>
    <span className={classes.icon} aria-hidden="true">
      {icon}
    </span>
    <span className={classes.text}>{children}</span>
    <span className={classes.at}>
      <TimeAgo at={at} />
    </span>
  </li>
);
