import { AppLink, describeLatency, EmptyState, PageHeader, StatusBadge, TimeAgo } from "@carewire/ui";
import { Button, Chip, Group, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { EndpointName } from "../endpoints/endpoint-name.tsx";
import type { TailLine } from "./tail-lines.ts";
import classes from "./tail-page.module.css";
import { useTail } from "./use-tail.ts";

/** What happens right now, as it happens. */
export function TailPage() {
  const [paused, setPaused] = useState(false);
  const [kinds, setKinds] = useState<string[]>(["event", "delivery", "attempt"]);
  const { lines, state, clear } = useTail(!paused);
  const shownState = paused ? "paused" : state;
  const shown = lines.filter(({ message }) => message.event === "gap" || kinds.includes(message.event));
  return (
    <>
      <PageHeader
        title="Live tail"
        description="Events, deliveries and attempts as they happen. The newest 500 stay here until you leave."
        badge={<StatusBadge status={shownState} {...looks[shownState]} />}
        actions={
          <>
            <Button
              variant="default"
              leftSection={paused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
              onClick={() => setPaused(!paused)}
            >
              {paused ? "Go on" : "Pause"}
            </Button>
            <Button variant="default" leftSection={<IconTrash size={15} />} onClick={clear}>
              Clear
            </Button>
          </>
        }
      />
      <Chip.Group multiple value={kinds} onChange={setKinds}>
        <Group gap={6} mb="sm">
          <Chip size="xs" value="event">
            Events
          </Chip>
          <Chip size="xs" value="delivery">
            Deliveries
          </Chip>
          <Chip size="xs" value="attempt">
            Attempts
          </Chip>
        </Group>
      </Chip.Group>
      <div className={classes.frame}>
        {shown.length === 0 ? (
          <EmptyState {...empties[shownState]} />
        ) : (
          <ul className={classes.lines} aria-label="What happened">
            {shown.map((line) => (
              <Line key={line.key} line={line} />
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

const looks = {
  connected: { tone: "ok" },
  connecting: { tone: "warn" },
  paused: { tone: "muted" },
  refused: { tone: "bad", label: "no connection; trying again" },
} as const;

const elsewhere = "What happens meanwhile is found under Events and Deliveries.";

const empties = {
  connected: {
    title: "Listening",
    children: "Publish an event, or send a test from an endpoint: it shows up here at once.",
  },
  connecting: { title: "Connecting" },
  paused: { title: "Paused", children: elsewhere },
  refused: { title: "No connection", children: elsewhere },
} as const;

function Line({ line: { message } }: { line: TailLine }) {
  switch (message.event) {
    case "gap":
      return (
        <li className={classes.line}>
          <span className={classes.kind}>gap</span>
          <Text size="xs" c="dimmed" component="span">
            Some happened that are not shown here: see Events and Deliveries.
          </Text>
        </li>
      );
    case "event":
      return (
        <li className={classes.line}>
          <span className={classes.kind}>event</span>
          <AppLink to={`/events/${message.data.id}`} className="cw-mono">
            {message.data.type}
          </AppLink>
          <At at={message.data.accepted_at} />
        </li>
      );
    case "delivery":
      return (
        <li className={classes.line}>
          <span className={classes.kind}>delivery</span>
          <AppLink to={`/deliveries/${message.data.id}`} className="cw-mono">
            {message.data.event_type}
          </AppLink>
          <EndpointName id={message.data.subscription_id} />
          <StatusBadge status={message.data.status} />
          <At at={message.data.created_at} />
        </li>
      );
    case "attempt":
      return (
        <li className={classes.line}>
          <span className={classes.kind}>attempt {message.data.n}</span>
          <AppLink to={`/deliveries/${message.data.delivery_id}`} className="cw-mono">
            {message.data.event_type}
          </AppLink>
          <EndpointName id={message.data.subscription_id} />
          <StatusBadge
            status={message.data.next_step === "delivered" ? "delivered" : "failed"}
            label={message.data.response_code?.toString() ?? message.data.outcome.replaceAll("_", " ")}
          />
          <Text size="xs" c="dimmed" component="span">
            {message.data.duration_ms === null ? null : describeLatency(message.data.duration_ms)}{" "}
            {message.data.reason}
          </Text>
          <At at={message.data.created_at} />
        </li>
      );
  }
}

const At = ({ at }: { at: string }) => (
  <span className={classes.at}>
    <TimeAgo at={at} />
  </span>
);
