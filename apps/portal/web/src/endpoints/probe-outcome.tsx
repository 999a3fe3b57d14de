import { AppLink, describeLatency, explainError, JsonView, StatusBadge } from "@carewire/ui";
import { Alert, Group, List, Stack, Text } from "@mantine/core";
import type { Answer } from "../api/routes.ts";
import { explainAttempt } from "../deliveries/explain-attempt.ts";

type ProbeResult = Answer<"POST /v1/subscriptions/:id/ping">;

/** What a ping or a test came to, in words, with what the endpoint answered. */
export function ProbeOutcome({ result, error }: { result: ProbeResult | null; error: unknown }) {
  if (error) {
    return (
      <Alert color="red" role="alert" title="It was not sent">
        {explainError(error)}
      </Alert>
    );
  }
  if (result === null) return null;
  const { attempt, delivered, delivery_id } = result;
  const { title, meaning, advice } = explainAttempt({
    ...attempt,
    next_step: delivered ? "delivered" : "failed",
  });
  return (
    <Stack gap="xs" role="status">
      <Group gap="sm">
        <StatusBadge status={delivered ? "delivered" : "failed"} />
        {delivered ? null : <Text fw={600}>{title}</Text>}
        <Text size="sm" c="dimmed">
          {attempt.duration_ms === null ? null : describeLatency(attempt.duration_ms)}
        </Text>
        <Text size="sm" component="span">
          <AppLink to={`/deliveries/${delivery_id}`}>Request and response</AppLink>
        </Text>
      </Group>
      <Text size="sm">{meaning}</Text>
      {advice.length === 0 ? null : (
        <List size="sm">
          {advice.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      )}
      {attempt.response_body ? <JsonView value={attempt.response_body} what="the answer" /> : null}
    </Stack>
  );
}
