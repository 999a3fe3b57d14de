import { ErrorState, LoadingState } from "@carewire/ui";
import { Center, Container } from "@mantine/core";
import type { ReactNode } from "react";
import { SignInPage } from "./sign-in-page.tsx";
import { UserContext, useSession } from "./use-session.ts";

/** Shows its children to who is signed in, and a way to sign in to everybody else. */
export function SessionGate({ children }: { children: ReactNode }) {
  const session = useSession();
  if (session.data === undefined) {
    return (
      <Center mih="100dvh" component="main">
        <Container size="xs" w="100%">
          {session.error ? (
            <ErrorState error={session.error} onRetry={() => session.refetch()} />
          ) : (
            <LoadingState rows={3} />
          )}
        </Container>
      </Center>
    );
  }
  const { user, sign_in: ways } = session.data;
  if (user === null) return <SignInPage ways={ways} />;
  // Somebody else begins anew: what is on the screen was read for who was here before.
  return (
    <UserContext key={user.actor} value={user}>
      {children}
    </UserContext>
  );
}
