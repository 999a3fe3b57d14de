import { AppLink, EmptyState, ShortId, StatusBadge, TimeAgo } from "@carewire/ui";
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { LineageChain } from "../api/types.ts";
import classes from "./lineage-view.module.css";

type LineageEvent = LineageChain["events"][number];
type LineageDelivery = LineageEvent["deliveries"][number];

/** The whole chain around one thing: what came in, the events of it, where they went, and what was given up. */
export function LineageView({ chain }: { chain: LineageChain }) {
  const { inbound_request: inbound, events, asked } = chain;
  if (inbound === null && events.length === 0) {
    return <EmptyState title="Nothing is left of this chain">Events are kept for a limited time.</EmptyState>;
  }
  const tree = events.map((event) => <EventStep key={event.id} event={event} chain={chain} />);
  return (
    <>
      <ol className={classes.chain}>
        {inbound === null ? (
          tree
        ) : (
          <li>
            <Step kind="Request" at={inbound.received_at} here={asked.id === inbound.id}>
              <AppLink to={`/inbound/${inbound.id}`}>{inbound.provider ?? "removed source"}</AppLink>
              <StatusBadge status={inbound.verdict} />
              {inbound.reason}
            </Step>
            <ol>{tree}</ol>
          </li>
        )}
      </ol>
      {chain.truncated ? (
        <Text size="xs" c="dimmed" mt="xs">
          There is more of this chain than is shown.
        </Text>
      ) : null}
    </>
  );
}

function EventStep({ event, chain }: { event: LineageEvent; chain: LineageChain }) {
  return (
    <li>
      <Step kind="Event" at={event.accepted_at} here={chain.asked.id === event.id}>
        <span className="cw-mono">{event.type}</span>
        {event.caused_by === null ? null : (
          <Text size="xs">
            by a handler of <ShortId id={event.caused_by} />
          </Text>
        )}
      </Step>
      <ol>
        {event.deliveries.map((delivery) => (
          <DeliveryStep key={delivery.id} delivery={delivery} chain={chain} />
        ))}
      </ol>
    </li>
  );
}

function DeliveryStep({ delivery, chain }: { delivery: LineageDelivery; chain: LineageChain }) {
  const last = delivery.attempts.at(-1);
  const letters = chain.dead_letters.filter(({ delivery_id: id }) => id === delivery.id);
  return (
    <li>
      <Step kind="Delivery" at={delivery.created_at} here={chain.asked.id === delivery.id}>
        <AppLink to={`/deliveries/${delivery.id}`}>{delivery.consumer ?? "subscription"}</AppLink>
        <StatusBadge status={delivery.status} />
        {describeAttempts(delivery.attempts.length, last?.response_code ?? null)}
      </Step>
      {letters.length === 0 ? null : (
        <ol>
          {letters.map((letter) => (
            <li key={letter.id}>
              <Step kind="Dead letter" at={letter.created_at} here={chain.asked.id === letter.id}>
                <AppLink to={`/dead-letters/${letter.id}`}>{letter.cause}</AppLink>
                <StatusBadge status={letter.status} />
              </Step>
            </li>
          ))}
        </ol>
      )}
    </li>
  );
}

function describeAttempts(count: number, code: number | null): string {
  if (count === 0) return "not tried yet";
  return `${count} ${count === 1 ? "attempt" : "attempts"}${code === null ? "" : `, last answer ${code}`}`;
}

interface StepProps {
  kind: string;
  at: string;
  here: boolean;
  children: ReactNode;
}

function Step({ kind, at, here, children }: StepProps) {
  return (
    <div className={`${classes.step} ${here ? classes.here : ""}`} aria-current={here ? "step" : undefined}>
      <span className={classes.kind}>{kind}</span>
      {children}
      <span className={classes.time}>
        <TimeAgo at={at} />
      </span>
    </div>
  );
}
