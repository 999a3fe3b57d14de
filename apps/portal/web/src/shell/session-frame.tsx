import { AppLayout, explainError, notifyDone, signedOutEvent } from "@carewire/ui";
import { Alert, Button, Center, Stack } from "@mantine/core";
import { IconLink } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { sessionChangedEvent } from "../api/call.ts";
import { type Session, SessionContext } from "../session/session-context.ts";
import { type Caller, forgetSession, sessionQuery } from "../session/session-query.ts";
import { SignInPage } from "../session/sign-in-page.tsx";
import { NavFooter } from "./nav-footer.tsx";
import { navSections } from "./nav-sections.ts";
import { Waiting } from "./waiting.tsx";

const framed = window.self !== window.top;
const endedNotice = "Your session has ended. Sign in again to go on where you were.";

/** The pages for whoever is signed in, and the way to sign in for everybody else. `notice`: why a link let nobody in. */
export function SessionFrame({ notice }: { notice: string | null }) {
  const client = useQueryClient();
  const session = useQuery(sessionQuery);
  const [linkNotice, setLinkNotice] = useState(notice);
  const [hasEnded, setHasEnded] = useState(false);
  useEffect(() => {
    const onSignedOut = () => {
      if (client.getQueryData(sessionQuery.queryKey) == null) return;
      forgetSession(client);
      setHasEnded(true);
    };
    const onSessionChanged = () => void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    window.addEventListener(signedOutEvent, onSignedOut);
    window.addEventListener(sessionChangedEvent, onSessionChanged);
    return () => {
      window.removeEventListener(signedOutEvent, onSignedOut);
      window.removeEventListener(sessionChangedEvent, onSessionChanged);
    };
  }, [client]);

  useChangeNotice(session.data ?? null);

  if (session.data === undefined) {
    return session.isError ? (
      <Failed error={session.error} onRetry={() => void session.refetch()} />
    ) : (
      <Waiting />
    );
  }
  if (session.data === null) {
    const onSignedIn = () => {
      setLinkNotice(null);
      setHasEnded(false);
    };
    return (
      <SignInPage notice={hasEnded ? endedNotice : linkNotice} embedded={framed} onSignedIn={onSignedIn} />
    );
  }
  // Somebody else begins anew: what is on the screen was read, and typed, for who was here before.
  return (
    <SignedIn
      key={session.data.session_id}
      caller={session.data}
      linkNotice={linkNotice}
      onNoticeRead={() => setLinkNotice(null)}
    />
  );
}

/** Says whose the page is once another tab has signed somebody else in. */
function useChangeNotice(caller: Caller | null): void {
  const shown = useRef<string | null>(null);
  useEffect(() => {
    const sessionId = caller?.session_id ?? null;
    if (caller !== null && shown.current !== null && shown.current !== sessionId) {
      const name = caller.account?.name ?? caller.organization.name;
      notifyDone(`Another tab signed this browser in anew. What you see is of ${name}.`);
    }
    shown.current = sessionId;
  }, [caller]);
}

interface SignedInProps {
  caller: Caller;
  linkNotice: string | null;
  onNoticeRead: () => void;
}

function SignedIn({ caller, linkNotice, onNoticeRead }: SignedInProps) {
  const session = useMemo<Session>(() => {
    const scopes = new Set(caller.scopes);
    return { caller, embedded: framed || caller.embed_origin !== null, can: (scope) => scopes.has(scope) };
  }, [caller]);
  return (
    <SessionContext value={session}>
      <AppLayout product="Webhooks" sections={navSections(session)} footer={<NavFooter />}>
        {linkNotice === null ? null : (
          <Alert
            icon={<IconLink size={16} />}
            color="yellow"
            mb="md"
            role="status"
            variant="light"
            withCloseButton
            closeButtonLabel="Close"
            onClose={onNoticeRead}
          >
            {linkNotice} What you see is what this browser was signed in to before:{" "}
            {caller.account?.name ?? caller.organization.name}.
          </Alert>
        )}
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
