import {
  describeLatency,
  EmptyState,
  JsonView,
  KeyValue,
  type LiveQuery,
  Loaded,
  StatusBadge,
  TimeAgo,
} from "@carewire/ui";
import { List, SimpleGrid, Text } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import type { Answer } from "../api/routes.ts";
import { useSession } from "../session/session-context.ts";
import classes from "./attempt-timeline.module.css";
import { explainAttempt } from "./explain-attempt.ts";
import { HeaderTable } from "./header-table.tsx";

type Attempts = Answer<"GET /v1/deliveries/:id/attempts">;
type Attempt = Attempts["data"][number];

export interface AttemptTimelineProps {
  query: LiveQuery<Attempts>;
  delivery: { attempts: number; status: string };
}

/** Every attempt, newest first; the newest is open. */
export function AttemptTimeline({ query, delivery }: AttemptTimelineProps) {
  return (
    <Loaded query={query}>
      {({ data, next_cursor }) =>
        data.length === 0 ? (
          <EmptyState title="Not tried yet">
            {delivery.status === "held"
              ? "Its endpoint is paused."
              : "The first attempt appears here by itself."}
          </EmptyState>
        ) : (
          <ol className={classes.list}>
            {data.map((attempt, index) => (
              <AttemptItem key={attempt.id} attempt={attempt} initiallyOpen={index === 0} />
            ))}
            {next_cursor === null ? null : <li className={classes.more}>Older attempts are not shown.</li>}
          </ol>
        )
      }
    </Loaded>
  );
}

function AttemptItem({ attempt, initiallyOpen }: { attempt: Attempt; initiallyOpen: boolean }) {
  const [open, setOpen] = useState(initiallyOpen);
  const { title } = explainAttempt(attempt);
  const good = attempt.next_step === "delivered";
  return (
    <li className={classes.item} data-good={good ? "" : undefined}>
      <button type="button" className={classes.head} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight size={15} className={classes.chevron} aria-hidden="true" />
        <span className={classes.n}>{attempt.n}</span>
        <StatusBadge
          status={good ? "delivered" : "failed"}
          label={attempt.response_code?.toString() ?? attempt.outcome.replaceAll("_", " ")}
        />
        <span className={classes.title}>{title}</span>
        <span className={classes.facts}>
          {attempt.duration_ms === null ? null : (
            <span className="cw-number">{describeLatency(attempt.duration_ms)}</span>
          )}
          <TimeAgo at={attempt.started_at} />
        </span>
      </button>
      {open ? <AttemptDetail attempt={attempt} /> : null}
    </li>
  );
}

function AttemptDetail({ attempt }: { attempt: Attempt }) {
  const { meaning, advice } = explainAttempt(attempt);
  return (
    <div className={classes.detail}>
      <Text size="sm">{meaning}</Text>
      {advice.length === 0 ? null : (
        <List size="sm" mt={6} aria-label="What to do">
          {advice.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      )}
      <div className={classes.next}>
        <KeyValue
          items={[
            ["What follows", stepWords[attempt.next_step] ?? attempt.next_step],
            ["Why", attempt.reason],
            [
              "Next try",
              attempt.next_retry_at === null ? null : <TimeAgo key="next" at={attempt.next_retry_at} />,
            ],
          ]}
        />
      </div>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <div>
          <h3 className={classes.heading}>Request headers</h3>
          <HeaderTable headers={attempt.request_headers} label={`Request headers of attempt ${attempt.n}`} />
        </div>
        <div>
          <h3 className={classes.heading}>Response headers</h3>
          <HeaderTable
            headers={attempt.response_headers}
            label={`Response headers of attempt ${attempt.n}`}
          />
        </div>
      </SimpleGrid>
      <h3 className={classes.heading}>Response body</h3>
      <ResponseBody attempt={attempt} />
    </div>
  );
}

const stepWords: Record<string, string> = {
  delivered: "Nothing: it arrived",
  retry: "It is tried again",
  failed: "Nothing more: it failed for good",
  disable: "The endpoint was disabled",
};

function ResponseBody({ attempt }: { attempt: Attempt }) {
  const { can } = useSession();
  if (!can("payloads:read")) return <Text size="sm">Your access does not include seeing payloads.</Text>;
  if (attempt.response_code === null) return <Text size="sm">There was no answer.</Text>;
  if (!attempt.response_body) return <Text size="sm">The answer had no body.</Text>;
  return <JsonView value={attempt.response_body} what={`the response body of attempt ${attempt.n}`} />;
}
