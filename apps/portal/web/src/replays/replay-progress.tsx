import type { Replay } from "@carewire/contracts";
import { Group, Progress, Text } from "@mantine/core";

/** How far a job is: messages queued again of those to queue. */
export function ReplayProgress({
  replay,
}: {
  replay: Pick<Replay, "replayed" | "total" | "total_is" | "status">;
}) {
  const { replayed, total, total_is, status } = replay;
  const done = status === "done" ? 100 : total === 0 ? 0 : Math.min(99, Math.floor((replayed / total) * 100));
  const of = total_is === "exact" ? "of" : total_is === "at_most" ? "of up to" : "of at least";
  return (
    <Group gap="xs" wrap="nowrap" style={{ minWidth: 200 }}>
      <Progress
        value={done}
        size="sm"
        style={{ flex: 1 }}
        animated={status === "running"}
        color={status === "failed" ? "red" : "petrol"}
        aria-label={`${done} % queued`}
      />
      <Text size="xs" className="cw-number">
        {replayed.toLocaleString("en")} {of} {total.toLocaleString("en")}
      </Text>
    </Group>
  );
}
