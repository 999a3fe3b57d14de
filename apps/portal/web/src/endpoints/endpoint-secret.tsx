import { ConfirmWithReason, explainError, notifyDone, Panel, TimeAgo } from "@carewire/ui";
import { Alert, List, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconEye, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import type { Answer } from "../api/routes.ts";
import { ScopedButton } from "../session/scoped-button.tsx";
import { SecretBox } from "./secret-box.tsx";

type Endpoint = Answer<"GET /v1/subscriptions/:id">;

/** The secret that deliveries are signed with: to read, and to replace without a gap. */
export function EndpointSecret({ endpoint }: { endpoint: Endpoint }) {
  if (endpoint.signature_scheme === "none") {
    return (
      <Panel title="Signing secret">
        <Text size="sm">Deliveries to this endpoint are not signed. Choose a signature under Settings.</Text>
      </Panel>
    );
  }
  return (
    <Stack gap="md">
      {endpoint.public_key === null ? (
        <ReadSecret key={endpoint.version} endpoint={endpoint} />
      ) : (
        <Panel title="Public key">
          <Stack gap="xs">
            <Text size="sm">Verify with it. It is no secret; Carewire keeps the private half.</Text>
            <SecretBox secret={endpoint.public_key} what="the public key" />
          </Stack>
        </Panel>
      )}
      <RotateSecret endpoint={endpoint} />
    </Stack>
  );
}

function ReadSecret({ endpoint }: { endpoint: Endpoint }) {
  // A mutation, not a query: each read is recorded, so none happens by itself, and nothing keeps the answer.
  const read = useMutation({
    mutationFn: () => call("GET /v1/subscriptions/:id/secret", { params: { id: endpoint.id } }),
    gcTime: 0,
  });
  return (
    <Panel title="Signing secret">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          Your server verifies with it that a delivery is ours. Reading it goes into the audit log.
        </Text>
        {read.data ? (
          <div style={{ width: "100%" }}>
            <SecretBox secret={read.data.secret} what="the signing secret" />
          </div>
        ) : (
          <ScopedButton
            scope="secrets:read"
            variant="default"
            leftSection={<IconEye size={15} />}
            loading={read.isPending}
            onClick={() => read.mutate()}
          >
            Show the secret
          </ScopedButton>
        )}
        {read.error ? (
          <Alert color="red" role="alert">
            {explainError(read.error)}
          </Alert>
        ) : null}
      </Stack>
    </Panel>
  );
}

const overlaps = [
  { value: "0", label: "None: the old one ends now" },
  { value: "3600", label: "1 hour" },
  { value: "86400", label: "24 hours" },
  { value: "604800", label: "7 days" },
];

function RotateSecret({ endpoint }: { endpoint: Endpoint }) {
  const client = useQueryClient();
  const [asking, dialog] = useDisclosure(false);
  const [overlap, setOverlap] = useState("86400");
  const [rotated, setRotated] = useState<Answer<"POST /v1/subscriptions/:id/rotate-secret"> | null>(null);
  const rotate = async () => {
    const body = { overlap_seconds: Number(overlap) };
    setRotated(await call("POST /v1/subscriptions/:id/rotate-secret", { params: { id: endpoint.id }, body }));
    notifyDone("The secret was replaced.");
    await client.invalidateQueries({ queryKey: ["GET /v1/subscriptions/:id"] });
  };
  return (
    <Panel title="Replace the secret">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">Without a gap, in three steps:</Text>
        <List type="ordered" size="sm">
          <List.Item>
            Replace it here. From then on every delivery carries two signatures, new and old.
          </List.Item>
          <List.Item>
            Give your server the new secret. Until then it goes on verifying with the old one.
          </List.Item>
          <List.Item>When the overlap ends, only the new one signs.</List.Item>
        </List>
        {rotated === null ? null : <Rotated rotated={rotated} />}
        <Select
          label="Overlap"
          description="How long the old secret signs along."
          data={overlaps}
          value={overlap}
          allowDeselect={false}
          onChange={(value) => setOverlap(value ?? "86400")}
          w={280}
        />
        <ScopedButton
          scope="subscriptions:write"
          variant="default"
          leftSection={<IconRefresh size={15} />}
          onClick={dialog.open}
        >
          Replace the secret
        </ScopedButton>
      </Stack>
      <ConfirmWithReason
        opened={asking}
        onClose={dialog.close}
        title="Replace the signing secret?"
        confirmLabel="Replace it"
        reason="none"
        tone={overlap === "0" ? "danger" : "usual"}
        onConfirm={rotate}
      >
        <Text size="sm">
          {overlap === "0"
            ? "The old secret ends at once. Until your server has the new one, it will refuse every delivery."
            : `Both sign for ${overlaps.find(({ value }) => value === overlap)?.label}. Nothing breaks meanwhile.`}
        </Text>
      </ConfirmWithReason>
    </Panel>
  );
}

function Rotated({ rotated }: { rotated: Answer<"POST /v1/subscriptions/:id/rotate-secret"> }) {
  return (
    <Alert color="petrol" title="The new secret" role="status" w="100%">
      <Stack gap="xs">
        <SecretBox secret={rotated.public_key ?? rotated.secret} what="the new secret" />
        <Text size="sm">
          The one before it ends <TimeAgo at={rotated.previous_expires_at} />.
        </Text>
      </Stack>
    </Alert>
  );
}
