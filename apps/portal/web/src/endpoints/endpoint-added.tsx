import { AppLink, PageHeader, Panel } from "@carewire/ui";
import { Alert, Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { SnippetTabs } from "../catalog/snippet-tabs.tsx";
import { EndpointAddress } from "./endpoint-address.tsx";
import { ProbePanel } from "./probe-panel.tsx";
import { SecretBox } from "./secret-box.tsx";

type Created = Answer<"POST /v1/subscriptions">;

const hostOf = (url: string | null): string =>
  url !== null && URL.canParse(url) ? new URL(url).hostname : "";

/** Right after an endpoint was added: its secret, code that verifies with it, and a first delivery. */
export function EndpointAdded({ endpoint }: { endpoint: Created }) {
  const navigate = useNavigate();
  return (
    <>
      <PageHeader
        title={`${endpoint.name} is ready`}
        above={[{ to: "/endpoints", label: "Endpoints" }]}
        description={<EndpointAddress endpoint={endpoint} />}
        actions={
          <Button onClick={() => void navigate({ to: `/endpoints/${endpoint.id}` as "." })}>
            Open the endpoint
          </Button>
        }
      />
      <Stack gap="md">
        {endpoint.warnings.includes("internationalised_host") ? (
          <Alert color="yellow" title="Look at the host again">
            It is written with letters that can look like others: {hostOf(endpoint.url)}
          </Alert>
        ) : null}
        <KeepSecret endpoint={endpoint} />
        <VerifyWithIt endpoint={endpoint} />
        <ProbePanel subscriptionId={endpoint.id} events={endpoint.events} />
      </Stack>
    </>
  );
}

function KeepSecret({ endpoint }: { endpoint: Created }) {
  if (endpoint.signature_scheme === "none") {
    return (
      <Alert color="yellow" title="Deliveries are not signed">
        Anyone who learns the URL could send to it. Choose a signature in the settings unless something else
        protects it.
      </Alert>
    );
  }
  const isPair = endpoint.key_type === "ed25519" && endpoint.public_key !== null;
  return (
    <Panel title={isPair ? "1 · Keep the public key" : "1 · Keep the signing secret"}>
      <Stack gap="xs">
        <Text size="sm">
          {isPair
            ? "Your server verifies with it. It is no secret; Carewire keeps the private half."
            : "Your server verifies with it that a delivery is ours. Put it where you keep secrets, as CAREWIRE_SECRET."}
        </Text>
        <SecretBox
          secret={isPair ? (endpoint.public_key ?? "") : endpoint.secret}
          what={isPair ? "the public key" : "the signing secret"}
        />
        {isPair ? null : (
          <Text size="xs" c="dimmed">
            It stays readable on the endpoint’s page for those who may read secrets; every read is recorded.
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

function VerifyWithIt({ endpoint }: { endpoint: Created }) {
  const types = useQuery(apiQuery("GET /v1/event-types", {}));
  const { signature_scheme: scheme } = endpoint;
  if (scheme === "none" || types.data === undefined) return null;
  if (scheme === "eka") {
    return (
      <Panel title="2 · Verify deliveries">
        <Text size="sm">
          Eka-Webhook-Signature holds t and v1: v1 is the HMAC-SHA256 of “t.body” in hexadecimal, keyed by the
          secret’s text.
        </Text>
      </Panel>
    );
  }
  const fitting =
    types.data.data.find(({ patterns }) => patterns.some((pattern) => endpoint.events.includes(pattern))) ??
    types.data.data[0];
  return (
    <Panel
      title="2 · Verify deliveries"
      end={
        fitting ? (
          <Text size="sm" component="span">
            <AppLink to={`/catalog/${fitting.type}`}>{fitting.type} in the catalog</AppLink>
          </Text>
        ) : null
      }
    >
      <SnippetTabs type={fitting?.type ?? "order.paid"} example={fitting?.example ?? null} scheme={scheme} />
    </Panel>
  );
}
