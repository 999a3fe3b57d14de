import {
  type Column,
  ConfirmWithReason,
  DataTable,
  EmptyState,
  notifyDone,
  PageHeader,
  StatusBadge,
  TimeAgo,
  withFilters,
} from "@carewire/ui";
import { Button, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/call.ts";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { ScopedButton } from "../session/scoped-button.tsx";
import { CreateKeyDialog } from "./create-key-dialog.tsx";

type ApiKey = Answer<"GET /v1/api-keys">["data"][number];

/** The keys that programs call the API with. */
export function ApiKeysPage() {
  const search = useSearch({ strict: false }) as { cursor?: string };
  const navigate = useNavigate();
  const client = useQueryClient();
  const [creating, creation] = useDisclosure(false);
  const [revoked, setRevoked] = useState<ApiKey | null>(null);
  const query = useQuery({
    ...apiQuery("GET /v1/api-keys", { query: { cursor: search.cursor } }),
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
  });
  const revoke = async () => {
    if (revoked === null) return;
    await call("DELETE /v1/api-keys/:id", { params: { id: revoked.id } });
    notifyDone(`${revoked.name} is revoked: it is refused from now on.`);
    await client.invalidateQueries({ queryKey: ["GET /v1/api-keys"] });
  };
  const add = (
    <ScopedButton scope="api_keys:write" leftSection={<IconPlus size={15} />} onClick={creation.open}>
      Create a key
    </ScopedButton>
  );
  return (
    <>
      <PageHeader
        title="API keys"
        description="For your programs. Give each its own, with only what it needs."
        actions={add}
      />
      <DataTable
        label="API keys"
        query={query}
        columns={[
          ...columns,
          { header: "", cell: (key) => <Revoke apiKey={key} onClick={setRevoked} />, align: "end" },
        ]}
        rowKey={({ id }) => id}
        onCursor={(cursor) =>
          void navigate({ to: "/api-keys" as ".", search: withFilters(search, { cursor }) as never })
        }
        empty={
          <EmptyState title="No API keys">Create one for the program that publishes your events.</EmptyState>
        }
      />
      <CreateKeyDialog opened={creating} onClose={creation.close} />
      <ConfirmWithReason
        opened={revoked !== null}
        onClose={() => setRevoked(null)}
        title={`Revoke ${revoked?.name}?`}
        confirmLabel="Revoke the key"
        tone="danger"
        reason="none"
        onConfirm={revoke}
      >
        <Text size="sm">
          Every program that uses it is refused within a second, and sessions that were signed in with it end.
          This cannot be undone.
        </Text>
      </ConfirmWithReason>
    </>
  );
}

function stateOf({ revoked_at, expires_at }: ApiKey): "active" | "revoked" | "expired" {
  if (revoked_at !== null) return "revoked";
  return expires_at !== null && Date.parse(expires_at) <= Date.now() ? "expired" : "active";
}

function Revoke({ apiKey, onClick }: { apiKey: ApiKey; onClick: (key: ApiKey) => void }) {
  if (stateOf(apiKey) !== "active") return null;
  return (
    <ScopedButton scope="api_keys:write" variant="default" size="compact-xs" onClick={() => onClick(apiKey)}>
      Revoke<VisuallyHidden component="span"> {apiKey.name}</VisuallyHidden>
    </ScopedButton>
  );
}

const scopesShown = 2;

const columns: Column<ApiKey>[] = [
  {
    header: "Name",
    cell: ({ name, prefix }) => (
      <>
        <Text size="sm" fw={550} component="span">
          {name}
        </Text>
        <Text size="xs" c="dimmed" component="span" display="block" className="cw-mono">
          {prefix}…
        </Text>
      </>
    ),
  },
  { header: "State", cell: (key) => <StatusBadge status={stateOf(key)} /> },
  {
    header: "May",
    cell: ({ scopes }) =>
      scopes.length <= scopesShown ? (
        <span className="cw-mono">{scopes.join(", ")}</span>
      ) : (
        <Tooltip label={scopes.join(", ")} multiline maw={420}>
          <Button variant="subtle" size="compact-xs" px={0}>
            {scopes.length} scopes
          </Button>
        </Tooltip>
      ),
  },
  { header: "Last used", cell: ({ last_used_at }) => <TimeAgo at={last_used_at} />, align: "end" },
  { header: "Expires", cell: ({ expires_at }) => <TimeAgo at={expires_at} />, align: "end" },
  { header: "Created", cell: ({ created_at }) => <TimeAgo at={created_at} />, align: "end" },
];
