import { CopyButton } from "@carewire/ui";
import { ActionIcon, Group, Text, Tooltip } from "@mantine/core";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { useState } from "react";
import classes from "./secret-box.module.css";

export interface SecretBoxProps {
  secret: string;
  what: string;
  /** Hidden until somebody looks; for screens that others see. Default: shown. */
  hidden?: boolean;
}

/** A secret, to copy. */
export function SecretBox({ secret, what, hidden = false }: SecretBoxProps) {
  const [shown, setShown] = useState(!hidden);
  return (
    <Group className={classes.box} wrap="nowrap" gap="xs" justify="space-between">
      <Text className={classes.text} component="code" aria-label={what}>
        {shown ? secret : `${secret.slice(0, 6)}${"•".repeat(24)}`}
      </Text>
      <Group gap={2} wrap="nowrap">
        <Tooltip label={shown ? "Hide" : "Show"}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={shown ? `Hide ${what}` : `Show ${what}`}
            onClick={() => setShown(!shown)}
          >
            {shown ? <IconEyeOff size={15} /> : <IconEye size={15} />}
          </ActionIcon>
        </Tooltip>
        <CopyButton text={secret} what={what} />
      </Group>
    </Group>
  );
}
