import { ColorSchemeMenu, notifyFailure } from "@carewire/ui";
import { ActionIcon, Group, Text, Tooltip } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { writes } from "../api/writes.ts";
import { forgetSession, useUser } from "./use-session.ts";
import classes from "./user-menu.module.css";

/** Who is signed in, with what role, and the way out. */
export function UserMenu() {
  const user = useUser();
  const queryClient = useQueryClient();
  const leave = async () => {
    try {
      await writes.signOut();
      // Else one click would let the next person at this screen back in, as whoever just left.
      if (user.actor.startsWith("oidc:")) window.location.assign("/session/oidc/sign-out");
      else forgetSession(queryClient);
    } catch (error) {
      notifyFailure("You are still signed in", error);
    }
  };
  return (
    <div className={classes.menu}>
      <div className={classes.who}>
        <Text size="sm" fw={550} truncate title={user.actor}>
          {user.name}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {user.role}
          {user.all_organizations ? "" : ", one organization"}
        </Text>
      </div>
      <Group gap={2} wrap="nowrap">
        <ColorSchemeMenu />
        <Tooltip label="Sign out">
          <ActionIcon variant="subtle" color="gray" aria-label="Sign out" onClick={leave}>
            <IconLogout size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </div>
  );
}
