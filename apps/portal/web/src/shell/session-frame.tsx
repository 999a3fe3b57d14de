import { AppLayout, explainError, signedOutEvent } from "@carewire/ui";
import { Alert, Button, Center, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { type Session, SessionContext } from "../session/session-context.ts";
import { type Caller, forgetSession, sessionQuery } from "../session/session-query.ts";
import { SignInPage } from "../session/sign-in-page.tsx";
import { NavFooter } from "./nav-footer.tsx";
import { navSections } from "./nav-sections.ts";
import { Waiting } from "./waiting.tsx";

const framed = window.self !== window.top;

/** The pages for whoever is signed in, and the way to sign in for everybody else. `notice`: what a link came to. */
export function SessionFrame({ notice }: { notice: string | null }) {
  const client = useQueryClient();
  const session = useQuery(sessionQuery);
  const [ended, setEnded] = useState<string | null>(notice);
  useEffect(() => {
    const onSignedOut = () => {
      if (client.getQueryData(sessionQuery.queryKey) == null) return;
      forgetSession(client);
      setEnded("Your session has ended. Sign in again to go on where you were.");
    };
    window.addEventListener(signedOutEvent, onSignedOut);
    return () => window.removeEventListener(signedOutEvent, onSignedOut);
  }, [client]);

  if (session.data === undefined) {
    return session.isError ? (
      <Failed error={session.error} onRetry={() => void session.refetch()} />
    ) : (
      <Waiting />
    );
  }
  if (session.data === null) return <SignInPage notice={ended} embedded={framed} />;
  return <SignedIn caller={session.data} />;
}

function SignedIn({ caller }: { caller: Caller }) {
  const session = useMemo<Session>(() => {
    const scopes = new Set(caller.scopes);
    return { caller, embedded: framed || caller.embed_origin !== null, can: (scope) => scopes.has(scope) };
  }, [caller]);
  return (
    <SessionContext value={session}>
      <AppLayout product="Webhooks" sections={navSections(session)} footer={<NavFooter />}>
        <Outlet />
      </AppLayout>
    </SessionContext>
  );
}

const Failed = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => (
  <Center h="100dvh" p="md">
    <Stack maw={420}>
      <Alert color="red" role="alert" title="The portal is not available">
        {explainError(error)}
      </Alert>
      <Button onClick={onRetry}>Try again</Button>
    </Stack>
  </Center>
);
