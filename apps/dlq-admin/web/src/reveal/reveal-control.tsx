import { AllowedButton, ConfirmWithReason } from "@carewire/ui";
import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { refusalFor } from "../session/refusals.ts";
import { useUser } from "../session/use-session.ts";

export interface RevealControlProps {
  /** The reason it was revealed for; null while it is masked. */
  revealedFor: string | null;
  onReveal: (reason: string | undefined) => Promise<unknown>;
  onHide: () => void;
}

/** Shows masked payloads in the clear, for a reason that goes into the audit log, and hides them again. */
export function RevealControl({ revealedFor, onReveal, onHide }: RevealControlProps) {
  const user = useUser();
  const [opened, dialog] = useDisclosure(false);
  if (revealedFor !== null) {
    return (
      <Button variant="default" size="compact-xs" leftSection={<IconEyeOff size={13} />} onClick={onHide}>
        Hide
      </Button>
    );
  }
  return (
    <>
      <AllowedButton
        variant="default"
        size="compact-xs"
        leftSection={<IconEye size={13} />}
        refusal={refusalFor(user, "admin")}
        onClick={dialog.open}
      >
        Reveal
      </AllowedButton>
      <ConfirmWithReason
        opened={opened}
        onClose={dialog.close}
        title="Reveal in the clear"
        confirmLabel="Reveal"
        onConfirm={onReveal}
      >
        <Text size="sm">
          The payload may hold data of patients. That you saw it, and why, goes into the audit log of its
          organization.
        </Text>
      </ConfirmWithReason>
    </>
  );
}
