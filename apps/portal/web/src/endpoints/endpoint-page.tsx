import {
  ConfirmWithReason,
  Loaded,
  liveIntervalMs,
  notifyDone,
  notifyFailure,
  PageHeader,
  StatusBadge,
} from "@carewire/ui";
import { Alert, Tabs, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { ScopedButton } from "../session/scoped-button.tsx";
import { EndpointAddress } from "./endpoint-address.tsx";
import { EndpointOverview } from "./endpoint-overview.tsx";
import { EndpointRecovery } from "./endpoint-recovery.tsx";
import { EndpointSecret } from "./endpoint-secret.tsx";
import { EndpointSettings } from "./endpoint-settings.tsx";
import { endpointState } from "./endpoint-state.ts";
import { ProbePanel } from "./probe-panel.tsx";

type Endpoint = Answer<"GET /v1/subscriptions/:id">;

/** One endpoint: how it does, and everything one can do with it. */
export function EndpointPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useQuery({
    ...apiQuery("GET /v1/subscriptions/:id", { params: { id } }),
    refetchInterval: liveIntervalMs,
  });
  return (
    <Loaded query={query}>{(endpoint) => <EndpointView key={endpoint.id} endpoint={endpoint} />}</Loaded>
  );
}

function EndpointView({ endpoint }: { endpoint: Endpoint }) {
  const { tab = "overview" } = useSearch({ strict: false }) as { tab?: string };
  const navigate = useNavigate();
  const stats = useQuery({
    ...apiQuery("GET /v1/subscriptions/:id/stats", { params: { id: endpoint.id } }),
    refetchInterval: liveIntervalMs,
  });
  const { label, tone, why } = endpointState(endpoint, stats.data?.endpoint.breaker);
  const open = (next: string | null) =>
    void navigate({
      to: `/endpoints/${endpoint.id}` as ".",
      search: (next === "overview" ? {} : { tab: next }) as never,
    });
  return (
    <>
      <PageHeader
        title={endpoint.name}
        above={[{ to: "/endpoints", label: "Endpoints" }]}
        badge={<StatusBadge status={label} tone={tone} />}
        description={
          <>
            <EndpointAddress endpoint={endpoint} />
            {endpoint.description === null ? null : (
              <Text size="sm" component="span" display="block">
                {endpoint.description}
              </Text>
            )}
          </>
        }
        actions={<EndpointActions endpoint={endpoint} />}
      />
      {why === null ? null : (
        <Alert color={tone === "bad" ? "red" : "yellow"} mb="md" role="status">
          {why}
        </Alert>
      )}
      <Tabs value={tab} onChange={open}>
        <Tabs.List mb="md">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="try">Try it</Tabs.Tab>
          <Tabs.Tab value="secret">Signing secret</Tabs.Tab>
          <Tabs.Tab value="recover">Recover</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <EndpointOverview endpoint={endpoint} stats={stats} />
        </Tabs.Panel>
        <Tabs.Panel value="try">
          <ProbePanel subscriptionId={endpoint.id} events={endpoint.events} />
        </Tabs.Panel>
        <Tabs.Panel value="secret">
          <EndpointSecret endpoint={endpoint} />
        </Tabs.Panel>
        <Tabs.Panel value="recover">
          <EndpointRecovery endpoint={endpoint} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <EndpointSettings endpoint={endpoint} onSaved={() => open("overview")} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function EndpointActions({ endpoint }: { endpoint: Endpoint }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [removing, removal] = useDisclosure(false);
  const params = { id: endpoint.id };
  const { queryKey } = apiQuery("GET /v1/subscriptions/:id", { params });
  const held = !endpoint.active || endpoint.disabled_reason !== null;
  const toggle = useMutation({
    mutationFn: () =>
      held
        ? call("POST /v1/subscriptions/:id/resume", { params, body: {} })
        : call("POST /v1/subscriptions/:id/pause", { params, body: {} }),
    onSuccess: (changed) => {
      client.setQueryData(queryKey, changed);
      void client.invalidateQueries({ queryKey: ["GET /v1/subscriptions"] });
      notifyDone(
        held
          ? "Resumed: what was held goes out now, oldest first."
          : "Paused: deliveries are held until you resume it.",
      );
    },
    onError: (error) => notifyFailure(held ? "It was not resumed" : "It was not paused", error),
  });
  const remove = async () => {
    await call("DELETE /v1/subscriptions/:id", { params });
    await client.invalidateQueries({ queryKey: ["GET /v1/subscriptions"] });
    notifyDone(`${endpoint.name} was deleted.`);
    await navigate({ to: "/endpoints" as "." });
  };
  return (
    <>
      <ScopedButton
        scope="subscriptions:write"
        variant={held ? "filled" : "default"}
        leftSection={held ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
        loading={toggle.isPending}
        onClick={() => toggle.mutate()}
      >
        {held ? "Resume" : "Pause"}
      </ScopedButton>
      <ScopedButton
        scope="subscriptions:write"
        variant="default"
        leftSection={<IconTrash size={15} />}
        onClick={removal.open}
      >
        Delete
      </ScopedButton>
      <ConfirmWithReason
        opened={removing}
        onClose={removal.close}
        title={`Delete ${endpoint.name}?`}
        confirmLabel="Delete the endpoint"
        tone="danger"
        reason="none"
        onConfirm={remove}
      >
        <Text size="sm">
          Deliveries that are not finished are cancelled; finished ones stay readable. This cannot be undone.
          To stop for a while, pause it instead: then nothing is lost.
        </Text>
      </ConfirmWithReason>
    </>
  );
}
