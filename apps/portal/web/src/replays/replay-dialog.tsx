import { explainError, KeyValue, LoadingState, TimeAgo } from "@carewire/ui";
import { Alert, Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useIsMutating, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/call.ts";
import type { Answer } from "../api/routes.ts";
import type { ReplayFilter } from "../deliveries/delivery-search.ts";
import { EndpointName } from "../endpoints/endpoint-name.tsx";
import { countWords } from "./count-words.ts";

export interface ReplayDialogProps {
  /** What to replay; null: the dialog is closed. */
  filter: ReplayFilter | null;
  onClose: () => void;
}

/** Counts what a filter matches, asks, and then makes the job. */
export function ReplayDialog({ filter, onClose }: ReplayDialogProps) {
  const isStarting = useIsMutating({ mutationKey: ["replay"] }) > 0;
  // A dialog that is gone could not say that it failed.
  const close = () => {
    if (!isStarting) onClose();
  };
  return (
    <Modal
      opened={filter !== null}
      onClose={close}
      title="Replay all of these"
      closeButtonProps={{ "aria-label": "Close", disabled: isStarting }}
    >
      {filter === null ? null : (
        <Stack gap="md">
          <FilterInWords filter={filter} />
          <JobForm
            key={JSON.stringify(filter)}
            jobKey={["replay", filter]}
            make={({ until = filter.until, body, rest }) =>
              call("POST /v1/replays", { body: { filter: { ...filter, until }, ...body }, ...rest })
            }
            onClose={close}
          />
        </Stack>
      )}
    </Modal>
  );
}

/** What is counted and then replayed. */
function FilterInWords({ filter }: { filter: ReplayFilter }) {
  const { subscription_id: endpoint, status, type, response_class, since, until } = filter;
  return (
    <KeyValue
      items={[
        ["Endpoint", endpoint === undefined ? "all" : <EndpointName key="e" id={String(endpoint)} />],
        ["Status", String(status ?? "delivered, failed or cancelled")],
        ["Event type", type === undefined ? null : String(type)],
        ["Response", response_class],
        ["Since", since === undefined ? "92 days ago" : <TimeAgo key="s" at={since} />],
        ["Until", until === undefined ? null : <TimeAgo key="u" at={until} />],
      ]}
    />
  );
}

type Made = Answer<"POST /v1/replays">;

export interface JobFormProps {
  /** What is counted; the start is a mutation of this key, during which the form has to stay. */
  jobKey: unknown[];
  make: (options: {
    /** Until when the count looked; undefined while counting. */
    until?: string | undefined;
    body: { dry_run: boolean; rate_per_second?: number };
    rest: { idempotencyKey?: string; signal?: AbortSignal };
  }) => Promise<Made>;
  onClose?: () => void;
}

/** Dry run, then the button that names its number. */
export function JobForm({ jobKey, make, onClose }: JobFormProps) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [rate, setRate] = useState<number | string>("");
  // One key for the form: a second click, or a repetition after a lost answer, is the same job.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const count = useQuery({
    queryKey: jobKey,
    queryFn: ({ signal }) => make({ body: { dry_run: true }, rest: { signal } }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const start = useMutation({
    mutationKey: jobKey,
    mutationFn: () => {
      const body = { dry_run: false, ...(rate === "" ? {} : { rate_per_second: Number(rate) }) };
      // What was counted, and nothing that came since.
      const until = count.data && "until" in count.data ? count.data.until : undefined;
      return make({ until, body, rest: { idempotencyKey } });
    },
    onSuccess: async (job) => {
      await client.invalidateQueries({ queryKey: ["GET /v1/replays"] });
      if ("id" in job) await navigate({ to: `/replays/${job.id}` as "." });
    },
  });
  if (count.isPending) return <LoadingState rows={2} />;
  const failure = start.error ?? count.error;
  const total = count.data?.total ?? 0;
  return (
    <Stack gap="md">
      {count.data === undefined ? null : (
        <Text size="sm">
          <strong>{countWords(count.data)}</strong> would be sent again, each as a new delivery of the same
          message with the same webhook-id. Of several to one endpoint for one event, only the newest counts.
        </Text>
      )}
      {total === 0 ? null : (
        <NumberInput
          size="xs"
          label="Messages per second at most"
          description="Empty: as fast as your endpoints take them. Live traffic always goes first."
          min={1}
          max={1_000}
          value={rate}
          onChange={setRate}
        />
      )}
      {failure ? (
        <Alert color="red" role="alert">
          {explainError(failure)}
        </Alert>
      ) : null}
      <Group justify="flex-end" gap="xs">
        {onClose ? (
          <Button variant="default" disabled={start.isPending} onClick={onClose}>
            Cancel
          </Button>
        ) : null}
        <Button disabled={total === 0} loading={start.isPending} onClick={() => start.mutate()}>
          {total === 0 ? "Nothing to replay" : `Replay ${countWords({ ...count.data!, total })}`}
        </Button>
      </Group>
    </Stack>
  );
}
