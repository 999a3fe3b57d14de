import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { type UseMutationResult, useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { FailureNote } from "./failure-note.tsx";

export const reasonLengthMax = 512;

export interface ConfirmWithReasonProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, to what, and whether it can be undone. */
  children?: ReactNode;
  /** The verb of what happens: "Discard 12 dead letters". */
  confirmLabel: string;
  /** `danger` for what cannot be undone. */
  tone?: "usual" | "danger";
  /** Whether a reason must be given; `none` does not ask for one. Default: `required`. */
  reason?: "required" | "optional" | "none";
  /** Does it; while it runs the dialog stays, and when it fails says why. */
  onConfirm: (reason: string | undefined) => Promise<unknown>;
  /** After it was done; default: `onClose`. */
  onDone?: () => void;
}

/** Asks before something happens, and why it does. */
export function ConfirmWithReason(props: ConfirmWithReasonProps) {
  const { opened, onClose, title, onConfirm, onDone = onClose } = props;
  const confirm = useMutation({
    mutationFn: (reason: string | undefined) => onConfirm(reason),
    onSuccess: onDone,
  });
  // A dialog that is gone could not say that it failed.
  const close = () => {
    if (confirm.isPending) return;
    confirm.reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={title}
      closeButtonProps={{ "aria-label": "Close", disabled: confirm.isPending }}
    >
      {opened ? <Form {...props} onClose={close} confirm={confirm} /> : null}
    </Modal>
  );
}

interface FormProps extends ConfirmWithReasonProps {
  confirm: UseMutationResult<unknown, Error, string | undefined>;
}

function Form({ onClose, children, confirmLabel, tone = "usual", reason = "required", confirm }: FormProps) {
  const [text, setText] = useState("");
  const lacksReason = reason === "required" && text.trim() === "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!lacksReason && !confirm.isPending) confirm.mutate(text.trim() || undefined);
      }}
    >
      <Stack gap="md">
        {children}
        {reason === "none" ? null : <ReasonField need={reason} value={text} onChange={setText} />}
        <FailureNote error={confirm.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" disabled={confirm.isPending} onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            color={tone === "danger" ? "red" : undefined}
            disabled={lacksReason}
            loading={confirm.isPending}
          >
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface ReasonFieldProps {
  need: "required" | "optional";
  value: string;
  onChange: (reason: string) => void;
}

function ReasonField({ need, value, onChange }: ReasonFieldProps) {
  return (
    <Textarea
      label="Reason"
      description="Goes into the audit log under your name. Do not write patient data here."
      required={need === "required"}
      data-autofocus
      autosize
      minRows={2}
      maxRows={6}
      maxLength={reasonLengthMax}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
