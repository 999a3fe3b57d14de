import { ColorSchemeMenu, notifyFailure, ProblemError } from "@carewire/ui";
import { ActionIcon, Group, Text, Tooltip } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSession } from "../session/session-context.ts";
import { forgetSession, sessionQuery, signOut } from "../session/session-query.ts";

/** Whose webhooks these are, the colours, and the way out. */
export function NavFooter() {
  const { caller, embedded } = useSession();
  const client = useQueryClient();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => forgetSession(client),
    onError: async (error) => {
      if (!mayBeOut(error)) return notifyFailure("You are still signed in", error);
      forgetSession(client);
      // A server that has too much to do answers the same, and the cookie is still there.
      const caller = await client.fetchQuery({ ...sessionQuery, staleTime: 0 }).catch(() => null);
      notifyFailure(caller === null ? "Signed out in this browser only" : "You are still signed in", error);
    },
  });
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs" pt="sm" px={10}>
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={550} truncate title={caller.organization.name}>
          {caller.account?.name ?? caller.organization.name}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {caller.account === null ? "Whole organization" : caller.organization.name}
        </Text>
      </div>
      <Group gap={2} wrap="nowrap">
        <ColorSchemeMenu />
        {embedded ? null : (
          <Tooltip label="Sign out">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Sign out"
              loading={leave.isPending}
              onClick={() => leave.mutate()}
            >
              <IconLogout size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
    </Group>
  );
}

/** Whether the portal took the cookie away although it could not end the session itself. */
function mayBeOut(error: unknown): boolean {
  return error instanceof ProblemError && ["service_unavailable", "gateway_timeout"].includes(error.code);
}
