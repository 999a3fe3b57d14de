import { Panel } from "@carewire/ui";
import { Group, Select, Stack, Text } from "@mantine/core";
import { IconBellRinging, IconSend } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { apiQuery } from "../api/queries.ts";
import { ScopedButton } from "../session/scoped-button.tsx";
import { ProbeOutcome } from "./probe-outcome.tsx";

export interface ProbePanelProps {
  subscriptionId: string;
  /** What it subscribes to, to offer a fitting sample first. */
  events: string[];
  onDelivered?: () => void;
}

/** Sends a ping or a sample to the endpoint, and shows at once what came of it. */
export function ProbePanel({ subscriptionId, events, onDelivered }: ProbePanelProps) {
  const client = useQueryClient();
  const types = useQuery(apiQuery("GET /v1/event-types", {}));
  const samples = (types.data?.data ?? []).filter(({ example }) => example !== null);
  const fitting = samples.find(({ patterns }) => patterns.some((pattern) => events.includes(pattern)));
  const [chosen, setChosen] = useState<string | null>(null);
  const type = chosen ?? fitting?.type ?? samples[0]?.type ?? null;
  const probe = useMutation({
    mutationFn: (what: "ping" | "test") => {
      const params = { id: subscriptionId };
      return what === "ping"
        ? call("POST /v1/subscriptions/:id/ping", { params, body: {} })
        : call("POST /v1/subscriptions/:id/test", { params, body: { type: type ?? "" } });
    },
    onSuccess: (result) => {
      if (result.delivered) onDelivered?.();
      return client.invalidateQueries({ queryKey: ["GET /v1/deliveries"] });
    },
  });
  return (
    <Panel title="Try it">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          Both send a real, signed request, once, also while the endpoint is paused. Nothing they answer
          disables it.
        </Text>
        <Group align="flex-end" gap="sm">
          <Select
            label="Sample of"
            searchable
            allowDeselect={false}
            value={type}
            onChange={setChosen}
            data={samples.map((sample) => sample.type)}
            nothingFoundMessage="No such event type"
            w={280}
          />
          <ScopedButton
            scope="subscriptions:write"
            leftSection={<IconSend size={15} />}
            refusal={type === null ? "There is no event type with a sample." : null}
            loading={probe.isPending && probe.variables === "test"}
            onClick={() => probe.mutate("test")}
          >
            Send test
          </ScopedButton>
          <ScopedButton
            scope="subscriptions:write"
            variant="default"
            leftSection={<IconBellRinging size={15} />}
            loading={probe.isPending && probe.variables === "ping"}
            onClick={() => probe.mutate("ping")}
          >
            Ping
          </ScopedButton>
        </Group>
        <ProbeOutcome result={probe.data ?? null} error={probe.error} />
      </Stack>
    </Panel>
  );
}
