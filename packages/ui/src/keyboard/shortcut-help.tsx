import { Group, Kbd, Modal, Stack, Text } from "@mantine/core";
import { Fragment } from "react";

/** A line of the keyboard help. */
export interface ShortcutLine {
  /** Keys as in `Shortcuts`. */
  keys: string;
  does: string;
}

export interface ShortcutHelpProps {
  opened: boolean;
  onClose: () => void;
  lines: ShortcutLine[];
}

/** What the keyboard can do here. */
export function ShortcutHelp({ opened, onClose, lines }: ShortcutHelpProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keyboard"
      size="sm"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="xs">
        {lines.map(({ keys, does }) => (
          <Group key={keys} justify="space-between" wrap="nowrap">
            <Text size="sm">{does}</Text>
            <Group gap={4} wrap="nowrap">
              {keys.split(" ").map((key, index) => (
                <Fragment key={key}>
                  {index > 0 ? <Text size="xs">then</Text> : null}
                  <Kbd size="xs">{key}</Kbd>
                </Fragment>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
