import type { Scope } from "@carewire/contracts";
import { explainError } from "@carewire/ui";
import { Alert, Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import type { Answer, CallInput } from "../api/routes.ts";
import { AccountField } from "../endpoints/account-field.tsx";
import { SecretBox } from "../endpoints/secret-box.tsx";
import { useAccounts } from "../endpoints/use-accounts.ts";
import { scopeWords } from "../session/scope-words.ts";
import { useSession } from "../session/session-context.ts";
import { expiries, expiryOf } from "./expiries.ts";

type Asked = CallInput<"POST /v1/api-keys">["body"];
type Creation = UseMutationResult<Answer<"POST /v1/api-keys">, Error, Asked>;

export interface CreateKeyDialogProps {
  opened: boolean;
  onClose: () => void;
}

/** Makes a key and shows it, this once: it is closed by its buttons only, and not while the key is being made. */
export function CreateKeyDialog({ opened, onClose }: CreateKeyDialogProps) {
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: (body: Asked) => call("POST /v1/api-keys", { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["GET /v1/api-keys"] }),
    gcTime: 0,
  });
  const close = () => {
    if (create.isPending) return;
    create.reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title="Create an API key"
      closeButtonProps={{ "aria-label": "Close", disabled: create.isPending }}
      closeOnClickOutside={false}
      closeOnEscape={false}
      size="lg"
    >
      {opened ? <KeyForm create={create} onClose={close} /> : null}
    </Modal>
  );
}

function KeyForm({ create, onClose }: { create: Creation; onClose: () => void }) {
  const { caller } = useSession();
  const accounts = useAccounts();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(caller.scopes.filter((scope) => scope === "events:write"));
  const [expiry, setExpiry] = useState("never");
  const [accountId, setAccountId] = useState("");
  const submit = () => {
    const expires_at = expiryOf(expiry, Date.now());
    create.mutate({
      name: name.trim(),
      scopes: scopes as Scope[],
      ...(expires_at === null ? {} : { expires_at }),
      ...(accountId === "" ? {} : { account_id: accountId }),
    });
  };
  if (create.data) return <Created apiKey={create.data.key} onClose={onClose} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Name"
          placeholder="nightly import"
          required
          maxLength={128}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Scopes offered={caller.scopes} chosen={scopes} onChange={setScopes} />
        <Select
          label="Expires"
          data={expiries}
          value={expiry}
          allowDeselect={false}
          onChange={(value) => setExpiry(value ?? "never")}
        />
        <AccountField value={accountId} onChange={setAccountId} />
        {create.error ? (
          <Alert color="red" role="alert">
            {explainError(create.error)}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" disabled={create.isPending} onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={create.isPending}
            disabled={name.trim() === "" || scopes.length === 0 || accounts.refusal !== null}
          >
            Create the key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface ScopesProps {
  offered: string[];
  chosen: string[];
  onChange: (scopes: string[]) => void;
}

function Scopes({ offered, chosen, onChange }: ScopesProps) {
  return (
    <Checkbox.Group
      label="It may"
      description="At most what you may do yourself."
      value={chosen}
      onChange={onChange}
    >
      <div style={{ columns: "2 220px", marginTop: 8 }}>
        {offered.map((scope) => (
          <Checkbox
            key={scope}
            size="xs"
            value={scope}
            mb={8}
            label={scopeWords(scope as Scope)}
            description={<span className="cw-mono">{scope}</span>}
            style={{ breakInside: "avoid" }}
          />
        ))}
      </div>
    </Checkbox.Group>
  );
}

function Created({ apiKey, onClose }: { apiKey: string; onClose: () => void }) {
  return (
    <Stack gap="md">
      <Alert color="yellow" title="Copy it now">
        It is shown this once: only a fingerprint of it is kept.
      </Alert>
      <SecretBox secret={apiKey} what="the API key" />
      <Text size="sm">Put it where your program keeps secrets, never into code or a browser.</Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>I have it</Button>
      </Group>
    </Stack>
  );
}
