import { AllowedButton, ConfirmWithReason, notifyDone } from "@carewire/ui";
import { Text } from "@mantine/core";
import { IconPencil, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DeadLetter, DeadLetterDetail } from "../api/types.ts";
import { writes } from "../api/writes.ts";
import { refusalFor } from "../session/refusals.ts";
import { useUser } from "../session/use-session.ts";
import { EditAndRetry } from "./edit-and-retry.tsx";

export interface DetailActionsProps {
  letter: DeadLetterDetail;
  /** The payload in the clear, if it was revealed. */
  clear: string | null;
  onReveal: (reason: string | undefined) => Promise<void>;
}

/** What can be done with one dead letter. */
export function DetailActions({ letter, clear, onReveal }: DetailActionsProps) {
  const user = useUser();
  const [open, setOpen] = useState<"retry" | "edit" | "discard" | null>(null);
  const close = () => setOpen(null);
  const state = letter.status === "open" ? null : `It is ${letter.status} already.`;
  const refusal = refusalFor(user, "operator") ?? state;
  const { retry, discard } = useLetterActions(letter.id);
  return (
    <>
      <AllowedButton
        leftSection={<IconRefresh size={14} />}
        refusal={refusal}
        onClick={() => setOpen("retry")}
      >
        Retry
      </AllowedButton>
      <AllowedButton
        variant="default"
        leftSection={<IconPencil size={14} />}
        refusal={refusalFor(user, "admin") ?? state}
        onClick={() => setOpen("edit")}
      >
        Edit and retry
      </AllowedButton>
      <AllowedButton
        variant="default"
        leftSection={<IconTrash size={14} />}
        refusal={refusal}
        onClick={() => setOpen("discard")}
      >
        Discard
      </AllowedButton>
      <RetryDialog letter={letter} opened={open === "retry"} onClose={close} onRetry={retry} />
      <DiscardDialog opened={open === "discard"} onClose={close} onDiscard={discard} />
      <EditAndRetry
        opened={open === "edit"}
        onClose={close}
        letter={letter}
        clear={clear}
        onReveal={onReveal}
        onRetry={retry}
      />
    </>
  );
}

/** Retrying and discarding one letter, and showing what came of it. */
function useLetterActions(id: string) {
  const queryClient = useQueryClient();
  // The answer is what the server made of it; the rest of the page is read again at once.
  const settle = async (changed: DeadLetter, message: string) => {
    queryClient.setQueryData<DeadLetterDetail>(["dead-letter", id], (before) =>
      before ? { ...before, status: changed.status } : before,
    );
    notifyDone(message);
    void queryClient.invalidateQueries();
  };
  const retry = async (reason: string | undefined, payload?: string) =>
    settle(await writes.retry(id, reason, payload), "Sent back. This page shows what becomes of it.");
  const discard = async (reason: string | undefined) =>
    settle(await writes.discard(id, reason), "Discarded. It stays readable here.");
  return { retry, discard };
}

interface DialogProps {
  opened: boolean;
  onClose: () => void;
}

interface RetryDialogProps extends DialogProps {
  letter: DeadLetterDetail;
  onRetry: (reason: string | undefined) => Promise<void>;
}

function RetryDialog({ letter, onRetry, ...dialog }: RetryDialogProps) {
  return (
    <ConfirmWithReason
      {...dialog}
      title="Retry this dead letter?"
      confirmLabel="Retry"
      reason="optional"
      onConfirm={(reason) => onRetry(reason)}
    >
      <Text size="sm">
        It goes back to {letter.consumer ?? "its ingress"} as it was. When it fails again it is open again.
      </Text>
    </ConfirmWithReason>
  );
}

interface DiscardDialogProps extends DialogProps {
  onDiscard: (reason: string | undefined) => Promise<void>;
}

function DiscardDialog({ onDiscard, ...dialog }: DiscardDialogProps) {
  return (
    <ConfirmWithReason
      {...dialog}
      title="Discard this dead letter?"
      confirmLabel="Discard"
      tone="danger"
      onConfirm={onDiscard}
    >
      <Text size="sm">
        It is never handled, and cannot be retried afterwards. It stays readable, with your reason.
      </Text>
    </ConfirmWithReason>
  );
}
