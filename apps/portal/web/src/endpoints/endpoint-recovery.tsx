import { Panel } from "@carewire/ui";
import { Button, Checkbox, Group, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { useIsMutating } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import type { Answer } from "../api/routes.ts";
import { momentOf, periods } from "../deliveries/delivery-search.ts";
import { JobForm } from "../replays/replay-dialog.tsx";
import { ScopedButton } from "../session/scoped-button.tsx";

type Endpoint = Answer<"GET /v1/subscriptions/:id">;
type Plan = { kind: "recover" | "missing"; since: string; only_failed: boolean };

/** Sends what was missed: after an outage, or from before the endpoint asked for it. */
export function EndpointRecovery({ endpoint }: { endpoint: Endpoint }) {
  const [kind, setKind] = useState<Plan["kind"]>("recover");
  const [period, setPeriod] = useState("24h");
  const [onlyFailed, setOnlyFailed] = useState(true);
  const [plan, setPlan] = useState<Plan | null>(null);
  // Another plan would take away the form that says whether the start failed.
  const isStarting = useIsMutating({ mutationKey: ["recovery", endpoint.id] }) > 0;
  const count = () =>
    setPlan({ kind, since: momentOf(period, Date.now()) ?? period, only_failed: onlyFailed });
  return (
    <Panel title="Send again what was missed">
      <Stack gap="md" align="flex-start">
        <SegmentedControl
          aria-label="What to send"
          disabled={isStarting}
          value={kind}
          onChange={(value) => {
            setKind(value as Plan["kind"]);
            setPlan(null);
          }}
          data={[
            { value: "recover", label: "After an outage" },
            { value: "missing", label: "Never sent here" },
          ]}
        />
        <Text size="sm">
          {kind === "recover"
            ? "Every event this endpoint matches since then is sent again, each once."
            : "Events that match the endpoint as it is now, but never had a delivery here: from before it was added, or before it asked for their type."}
        </Text>
        <Select
          label="Since"
          disabled={isStarting}
          data={periods}
          value={period}
          allowDeselect={false}
          onChange={(value) => {
            setPeriod(value ?? "24h");
            setPlan(null);
          }}
          w={220}
        />
        {kind === "recover" ? (
          <Checkbox
            label="Only what did not arrive"
            disabled={isStarting}
            checked={onlyFailed}
            onChange={(event) => {
              setOnlyFailed(event.currentTarget.checked);
              setPlan(null);
            }}
          />
        ) : null}
        {plan === null ? (
          <Group>
            <ScopedButton scope="deliveries:write" onClick={count}>
              Count them
            </ScopedButton>
          </Group>
        ) : (
          <div style={{ maxWidth: 520 }}>
            <PlanForm key={JSON.stringify(plan)} plan={plan} id={endpoint.id} />
            <Button variant="subtle" mt="xs" disabled={isStarting} onClick={() => setPlan(null)}>
              Change
            </Button>
          </div>
        )}
      </Stack>
    </Panel>
  );
}

function PlanForm({ plan, id }: { plan: Plan; id: string }) {
  const { kind, since, only_failed } = plan;
  return (
    <JobForm
      jobKey={["recovery", id, plan]}
      make={({ until, body, rest }) =>
        kind === "recover"
          ? call("POST /v1/subscriptions/:id/recover", {
              params: { id },
              body: { since, until, only_failed, ...body },
              ...rest,
            })
          : call("POST /v1/subscriptions/:id/replay-missing", {
              params: { id },
              body: { since, until, ...body },
              ...rest,
            })
      }
    />
  );
}
