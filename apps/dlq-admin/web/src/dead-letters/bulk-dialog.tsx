import { ConfirmWithReason, ErrorState, KeyValue, LoadingState, notifyDone } from "@carewire/ui";
import { Modal, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { JobRequest } from "../api/types.ts";
import { countJob, startJob } from "../api/writes.ts";

export interface BulkDialogProps {
  action: JobRequest["action"];
  filter: JobRequest["filter"];
  onClose: () => void;
}

const verbs = { retry: "Retry", discard: "Discard" } as const;

/** Counts what a bulk job would take, asks, and starts it over exactly these. */
export function BulkDialog({ action, filter, onClose }: BulkDialogProps) {
  const count = useQuery({
    queryKey: ["bulk-count", action, filter],
    queryFn: () => countJob({ action, filter, reason: "dry run" }),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
  if (count.data === undefined) {
    return (
      <Modal opened onClose={onClose} title="Counting" closeButtonProps={{ "aria-label": "Close" }}>
        {count.error ? (
          <ErrorState error={count.error} onRetry={() => count.refetch()} />
        ) : (
          <LoadingState rows={3} />
        )}
      </Modal>
    );
  }
  const { matched, filter: counted } = count.data;
  if (matched === 0) {
    return (
      <Modal opened onClose={onClose} title="Nothing to do" closeButtonProps={{ "aria-label": "Close" }}>
        <Text size="sm">No open dead letter matches these filters.</Text>
      </Modal>
    );
  }
  return <ConfirmJob action={action} filter={counted} matched={matched} onClose={onClose} />;
}

function ConfirmJob({ action, filter, matched, onClose }: BulkDialogProps & { matched: number }) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const letters = `${matched.toLocaleString("en")} ${matched === 1 ? "dead letter" : "dead letters"}`;
  const start = async (reason: string | undefined) => {
    await startJob({ action, filter, reason: reason ?? "", confirm_count: matched });
    notifyDone(`Started: ${verbs[action].toLowerCase()} ${letters}.`);
    await queryClient.invalidateQueries({ queryKey: ["bulk-jobs"] });
    void navigate({ to: "/bulk-jobs" as "." });
  };
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={`${verbs[action]} ${letters}?`}
      confirmLabel={`${verbs[action]} ${letters}`}
      tone={action === "discard" ? "danger" : "usual"}
      onConfirm={start}
    >
      <Stack gap="sm">
        <Text size="sm">
          {action === "retry"
            ? "Each goes back to the one consumer, or ingress, that failed. What comes in from now on is not part of it. You can watch and cancel."
            : "They stay readable, but are never handled. What is discarded cannot be retried. You can watch and cancel."}
        </Text>
        <KeyValue items={Object.entries(filter).map(([name, value]) => [name.replaceAll("_", " "), value])} />
      </Stack>
    </ConfirmWithReason>
  );
}
