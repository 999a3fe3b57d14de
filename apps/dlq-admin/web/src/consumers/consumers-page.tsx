import {
  AllowedButton,
  type Column,
  ConfirmWithReason,
  DataTable,
  EmptyState,
  notifyDone,
  PageHeader,
  StatusBadge,
  TimeAgo,
} from "@carewire/ui";
import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { reads } from "../api/reads.ts";
import type { Consumer } from "../api/types.ts";
import { useLive } from "../api/use-live.ts";
import { writes } from "../api/writes.ts";
import { platformRefusalFor } from "../session/refusals.ts";
import { useUser } from "../session/use-session.ts";

/** Internal consumers: what they take, what waits for them, and pausing them. */
export function ConsumersPage() {
  const [changed, setChanged] = useState<Consumer | null>(null);
  const consumers = useLive(["consumers"], reads.consumers);
  return (
    <>
      <PageHeader
        title="Consumers"
        description="The platform's own handlers. Pausing one holds what is new for it; nothing is lost."
      />
      <DataTable
        label="consumers"
        columns={columnsOf(setChanged)}
        query={consumers}
        rowKey={(consumer) => consumer.name}
        empty={
          <EmptyState title="No consumers">A service registers its consumers when it starts.</EmptyState>
        }
      />
      {changed === null ? null : <ChangeDialog consumer={changed} onClose={() => setChanged(null)} />}
    </>
  );
}

const columnsOf = (onChange: (consumer: Consumer) => void): Column<Consumer>[] => [
  {
    header: "Consumer",
    cell: (consumer) => (
      <>
        <span className="cw-mono">{consumer.name}</span>
        <Text size="xs" c="dimmed">
          {consumer.topics.join(", ")}
        </Text>
      </>
    ),
  },
  { header: "State", cell: (consumer) => <StatusBadge status={consumer.state} /> },
  { header: "Waiting", align: "end", cell: (consumer) => consumer.waiting.toLocaleString("en") },
  { header: "Oldest waiting", cell: (consumer) => <TimeAgo at={consumer.oldest_waiting} /> },
  {
    header: "Dead letters",
    align: "end",
    cell: (consumer) => consumer.open_dead_letters.toLocaleString("en"),
  },
  { header: "Last sign of life", cell: (consumer) => <TimeAgo at={consumer.last_seen_at} /> },
  {
    header: "Actions",
    align: "end",
    cell: (consumer) => <ChangeButton consumer={consumer} onChange={onChange} />,
  },
];

function ChangeButton({
  consumer,
  onChange,
}: {
  consumer: Consumer;
  onChange: (consumer: Consumer) => void;
}) {
  const user = useUser();
  if (consumer.state === "removed") return null;
  return (
    <AllowedButton
      variant="default"
      size="compact-xs"
      refusal={platformRefusalFor(user, "admin")}
      onClick={() => onChange(consumer)}
    >
      {consumer.state === "paused" ? "Resume" : "Pause"}
    </AllowedButton>
  );
}

function ChangeDialog({ consumer, onClose }: { consumer: Consumer; onClose: () => void }) {
  const queryClient = useQueryClient();
  const isPaused = consumer.state === "paused";
  const change = isPaused ? writes.resumeConsumer : writes.pauseConsumer;
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={`${isPaused ? "Resume" : "Pause"} ${consumer.name}?`}
      confirmLabel={isPaused ? "Resume" : "Pause"}
      onConfirm={async (reason) => {
        await change(consumer.name, reason ?? "");
        notifyDone(`${consumer.name} is ${isPaused ? "active" : "paused"}.`);
        await queryClient.invalidateQueries({ queryKey: ["consumers"] });
      }}
    >
      <Text size="sm">
        {isPaused
          ? "What waits is handled, oldest first."
          : "What it began ends, what waits stays, and what is new waits with it until it is resumed. This reaches every organization."}
      </Text>
    </ConfirmWithReason>
  );
}
