import type { Scope } from "@carewire/contracts";
import { explainError, PageHeader, Panel, TimeAgo } from "@carewire/ui";
import { Alert, Button, Code, Group, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import type { Answer } from "../api/routes.ts";
import { AccountField } from "../endpoints/account-field.tsx";
import { SecretBox } from "../endpoints/secret-box.tsx";
import { useAccounts } from "../endpoints/use-accounts.ts";
import { ScopedButton } from "../session/scoped-button.tsx";
import { useSession } from "../session/session-context.ts";

type Link = Answer<"POST /v1/access-links">;

/** Lets somebody else in for a while, without a key: a customer, a colleague, a frame of another product. */
export function AccessLinksPage() {
  const create = useMutation({
    mutationFn: (body: LinkBody) => call("POST /v1/access-links", { body }),
    gcTime: 0,
  });
  return (
    <>
      <PageHeader
        title="Access links"
        description="A link that opens this portal once, for a while, for one customer or for the whole organization. Your product can make them too, and show the portal in a frame."
      />
      <Stack gap="md" maw={720}>
        {create.data ? (
          <NewLink link={create.data} onAgain={create.reset} />
        ) : (
          <LinkForm
            pending={create.isPending}
            error={create.error}
            onCreate={(body) => create.mutate(body)}
          />
        )}
        <Panel title="From your own product">
          <Text size="sm" mb="xs">
            When your customer opens the page with their webhooks, your server makes a link and sends them
            there. Name your page’s origin to show it in a frame; the operator of the portal must have allowed
            it.
          </Text>
          <Code block>{example}</Code>
        </Panel>
      </Stack>
    </>
  );
}

const example = `POST /v1/access-links
{
  "account_id": "acc_…",
  "expires_in_seconds": 3600,
  "embed_origin": "https://app.example.com"
}`;

interface LinkBody {
  account_id?: string;
  scopes?: Scope[];
  expires_in_seconds: number;
  embed_origin?: string;
}

const readScopes: Scope[] = ["subscriptions:read", "deliveries:read", "events:read", "event_types:read"];

const durations = [
  { value: "900", label: "15 minutes" },
  { value: "3600", label: "1 hour" },
  { value: "28800", label: "8 hours" },
  { value: "86400", label: "24 hours" },
];

interface LinkFormProps {
  pending: boolean;
  error: unknown;
  onCreate: (body: LinkBody) => void;
}

function LinkForm({ pending, error, onCreate }: LinkFormProps) {
  const { can } = useSession();
  const { refusal } = useAccounts();
  const [accountId, setAccountId] = useState("");
  const [reach, setReach] = useState("manage");
  const [duration, setDuration] = useState("3600");
  const [origin, setOrigin] = useState("");
  const create = () =>
    onCreate({
      expires_in_seconds: Number(duration),
      ...(accountId === "" ? {} : { account_id: accountId }),
      ...(reach === "look" ? { scopes: readScopes.filter(can) } : {}),
      ...(origin.trim() === "" ? {} : { embed_origin: origin.trim() }),
    });
  return (
    <Panel title="New link">
      <Stack gap="md">
        <AccountField value={accountId} onChange={setAccountId} label="For" />
        <Radio.Group label="Whoever opens it may" value={reach} onChange={setReach}>
          <Stack gap="xs" mt={6}>
            <Radio
              size="xs"
              value="manage"
              label="Manage endpoints"
              description="Add, change and test endpoints, see payloads, replay deliveries."
            />
            <Radio size="xs" value="look" label="Only look" description="Without payloads and secrets." />
          </Stack>
        </Radio.Group>
        <Select
          label="Lasts"
          description="The link, and what was opened with it."
          data={durations}
          value={duration}
          allowDeselect={false}
          onChange={(value) => setDuration(value ?? "3600")}
          w={220}
        />
        <TextInput
          label="In a frame of"
          description="Empty: opened as a page of its own."
          placeholder="https://app.example.com"
          value={origin}
          onChange={(event) => setOrigin(event.currentTarget.value)}
          maw={320}
        />
        {error ? (
          <Alert color="red" role="alert">
            {explainError(error)}
          </Alert>
        ) : null}
        <Group>
          <ScopedButton scope="access_links:write" refusal={refusal} loading={pending} onClick={create}>
            Create the link
          </ScopedButton>
        </Group>
      </Stack>
    </Panel>
  );
}

/** Whose webhooks a link opens. */
function useReachOf({ account_id }: Link): string {
  const { caller } = useSession();
  const { accounts } = useAccounts();
  if (account_id === null) return `the whole organization, ${caller.organization.name}`;
  const known = [caller.account, ...accounts].find((account) => account?.id === account_id);
  return known?.name ?? account_id;
}

function NewLink({ link, onAgain }: { link: Link; onAgain: () => void }) {
  const reach = useReachOf(link);
  return (
    <Panel title="The link">
      <Stack gap="sm">
        <Alert color="yellow" title="Good once">
          Whoever opens it first is let in. It ends <TimeAgo at={link.expires_at} />, or with the key you
          signed in with.
        </Alert>
        <Text size="sm">
          It is for <strong>{reach}</strong>.
        </Text>
        <SecretBox secret={link.url} what="the access link" />
        <Group>
          <Button variant="default" onClick={onAgain}>
            Create another
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}
