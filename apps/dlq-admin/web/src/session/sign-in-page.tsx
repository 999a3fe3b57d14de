import { BrandMark, ColorSchemeMenu, explainError, ProblemError } from "@carewire/ui";
import { Alert, Button, Divider, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Session } from "../api/types.ts";
import { writes } from "../api/writes.ts";
import classes from "./sign-in-page.module.css";
import { enterSession } from "./use-session.ts";

/** Signing in: with an admin key, which is exchanged for a session and forgotten, or with the company's account. */
export function SignInPage({ ways }: { ways: Session["sign_in"] }) {
  useDocumentTitle("Sign in · Carewire");
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Stack gap="lg">
          <Group justify="space-between">
            <BrandMark size={34} />
            <ColorSchemeMenu />
          </Group>
          <div>
            <Title order={1}>Carewire operations</Title>
            <Text size="sm" c="dimmed">
              Dead letters, deliveries and what comes in.
            </Text>
          </div>
          <SignInProblem />
          {ways.oidc ? (
            <>
              <Button component="a" href={ways.oidc.path} size="sm" variant="default" fullWidth>
                Sign in with {ways.oidc.label}
              </Button>
              <Divider label="or" />
            </>
          ) : null}
          <KeyForm />
        </Stack>
      </div>
    </main>
  );
}

function KeyForm() {
  const queryClient = useQueryClient();
  const [apiKey, setApiKey] = useState("");
  const signIn = useMutation({
    mutationFn: () => writes.signIn(apiKey.trim()),
    onSuccess: (session) => enterSession(queryClient, session),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (apiKey.trim() !== "" && !signIn.isPending) signIn.mutate();
      }}
    >
      <Stack gap="sm">
        <PasswordInput
          label="Admin key"
          description="Exchanged for a session of this browser; the key itself is not kept."
          placeholder="cw_live_…"
          autoComplete="off"
          spellCheck={false}
          autoFocus
          maxLength={128}
          value={apiKey}
          onChange={(event) => setApiKey(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": "Show or hide the key" }}
        />
        {signIn.error ? (
          <Alert color="red" role="alert">
            {explainSignIn(signIn.error)}
          </Alert>
        ) : null}
        <Button type="submit" size="sm" fullWidth loading={signIn.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

const problems: Record<string, string> = {
  refused: "Your company's account did not let you in, or the attempt took too long. Try once more.",
  no_role: "Your account has no role here. Ask whoever manages accounts for one.",
  unavailable: "Your company's sign-in does not answer. Try again in a moment, or use an admin key.",
};

/** Why signing in with the company's account came to nothing, as the address says after coming back. */
function SignInProblem() {
  const problem = problems[new URLSearchParams(window.location.search).get("problem") ?? ""];
  if (problem === undefined) return null;
  return (
    <Alert color="red" role="alert">
      {problem}
    </Alert>
  );
}

function explainSignIn(error: unknown): string {
  const status = error instanceof ProblemError ? error.status : -1;
  return status === 401
    ? "This key is not known, has expired or was revoked. Check it, or ask for a new one."
    : explainError(error);
}
