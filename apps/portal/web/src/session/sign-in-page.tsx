import { BrandMark, ColorSchemeMenu, explainError } from "@carewire/ui";
import { Alert, Button, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconAlertCircle, IconLink } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { sessionQuery, signIn } from "./session-query.ts";
import classes from "./sign-in-page.module.css";

export interface SignInPageProps {
  /** Why nobody is signed in, when there is something to say. */
  notice: string | null;
  /** In a frame there is nothing to sign in with: the site around it makes a new link. */
  embedded: boolean;
  onSignedIn: () => void;
}

/** Asks for an API key, which is exchanged for a session and then forgotten by the page. */
export function SignInPage({ notice, embedded, onSignedIn }: SignInPageProps) {
  useDocumentTitle("Sign in · Carewire");
  return (
    <main className={classes.page} id="main">
      <div className={classes.card}>
        <Group justify="space-between" mb="lg">
          <Group gap="xs">
            <BrandMark size={30} />
            <Text fw={650}>Carewire</Text>
          </Group>
          <ColorSchemeMenu />
        </Group>
        {notice === null ? null : (
          <Alert icon={<IconLink size={16} />} color="yellow" mb="md" role="status" variant="light">
            {notice}
          </Alert>
        )}
        {embedded ? (
          <>
            <Title order={1}>This session has ended</Title>
            <Text size="sm" mt="xs">
              Reload the page around this frame to go on.
            </Text>
          </>
        ) : (
          <SignInForm onSignedIn={onSignedIn} />
        )}
      </div>
    </main>
  );
}

function SignInForm({ onSignedIn }: { onSignedIn: () => void }) {
  const [key, setKey] = useState("");
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: () => signIn({ api_key: key.trim() }),
    onSuccess: () => {
      setKey("");
      onSignedIn();
      return client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        mutation.mutate();
      }}
    >
      <Title order={1}>Sign in to your webhooks</Title>
      <Text size="sm" c="dimmed" mt={4} mb="md">
        Endpoints, deliveries and events of your organization.
      </Text>
      <Stack gap="md">
        <PasswordInput
          label="API key"
          description="It starts with cw_live_. This page exchanges it for a session and does not keep it."
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          autoComplete="off"
          required
          autoFocus
        />
        {mutation.isError ? (
          <Alert icon={<IconAlertCircle size={16} />} color="red" role="alert" variant="light">
            {explainError(mutation.error)}
          </Alert>
        ) : null}
        <Button type="submit" size="sm" loading={mutation.isPending} disabled={key.trim() === ""} fullWidth>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
