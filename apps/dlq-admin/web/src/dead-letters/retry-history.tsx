import { JsonView, Panel, StatusBadge, TimeAgo, visibleText } from "@carewire/ui";
import { Group, Stack, Text } from "@mantine/core";
import type { DeadLetterDetail } from "../api/types.ts";

type Retry = DeadLetterDetail["retry_history"][number];

/** Who sent it back by hand, with what, and what became of it. */
export function RetryHistory({ retries }: { retries: Retry[] }) {
  if (retries.length === 0) return null;
  return (
    <Panel title="Retried by hand">
      <Stack gap="md">
        {retries.map((retry) => (
          <div key={retry.requested_at}>
            <Group gap="xs">
              <StatusBadge status={retry.outcome} />
              <Text size="sm">
                <span className="cw-mono">{retry.requested_by}</span>, <TimeAgo at={retry.requested_at} />
              </Text>
            </Group>
            {retry.error === null ? null : (
              <Text size="sm" mt={4}>
                {visibleText(retry.error)}
              </Text>
            )}
            {retry.corrected_payload === null ? (
              <Text size="xs" c="dimmed" mt={4}>
                As it was.
              </Text>
            ) : (
              <Stack gap={4} mt="xs">
                <Text size="xs" c="dimmed">
                  With a corrected payload; the original is kept above.
                </Text>
                <JsonView value={retry.corrected_payload} what="corrected payload" />
              </Stack>
            )}
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
