import {
  describeLatency,
  EmptyState,
  JsonView,
  Panel,
  StatusBadge,
  TimeAgo,
  visibleText,
} from "@carewire/ui";
import { Accordion, Group, Stack, Text } from "@mantine/core";
import type { Attempt } from "../api/types.ts";
import classes from "./attempts-panel.module.css";

/** Every attempt, newest first, with what was sent and answered. */
export function AttemptsPanel({ attempts }: { attempts: Attempt[] }) {
  const newestFirst = attempts.toReversed();
  return (
    <Panel title="Attempts" padding="none">
      {newestFirst.length === 0 ? (
        <EmptyState title="Not tried yet">The first attempt shows up here by itself.</EmptyState>
      ) : (
        <Accordion variant="default" chevronPosition="left" order={3}>
          {newestFirst.map((attempt) => (
            <Accordion.Item key={attempt.id} value={attempt.id} className={classes.item}>
              <Accordion.Control>
                <Headline attempt={attempt} />
              </Accordion.Control>
              <Accordion.Panel>
                <Exchange attempt={attempt} />
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      )}
    </Panel>
  );
}

function Headline({ attempt }: { attempt: Attempt }) {
  return (
    <Group gap="sm" fz="sm">
      <Text size="sm" fw={550}>
        {attempt.n}
      </Text>
      <StatusBadge status={attempt.outcome} />
      {attempt.response_code === null ? null : <span className="cw-number">{attempt.response_code}</span>}
      {attempt.duration_ms === null ? null : (
        <span className="cw-number">{describeLatency(attempt.duration_ms)}</span>
      )}
      <TimeAgo at={attempt.started_at} />
    </Group>
  );
}

function Exchange({ attempt }: { attempt: Attempt }) {
  return (
    <Stack gap="sm">
      {attempt.error === null ? null : <Text size="sm">{visibleText(attempt.error)}</Text>}
      <Text size="sm">
        Then: {attempt.next_step.replaceAll("_", " ")}, because {attempt.reason}
        {attempt.next_retry_at === null ? null : (
          <>
            , <TimeAgo at={attempt.next_retry_at} />
          </>
        )}
        .
      </Text>
      {attempt.request_headers === null ? null : (
        <Part title="Request headers" value={attempt.request_headers} />
      )}
      {attempt.response_headers === null ? null : (
        <Part title="Answer's headers" value={attempt.response_headers} />
      )}
      {attempt.response_body === null ? null : <Part title="Answer's body" value={attempt.response_body} />}
    </Stack>
  );
}

function Part({ title, value }: { title: string; value: unknown }) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        {title}
      </Text>
      <JsonView value={value} what={title.toLowerCase()} />
    </div>
  );
}
