import { Alert, Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { explainError } from "../api/problem.ts";

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
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {props.opened ? <Form {...props} /> : null}
    </Modal>
  );
}

function Form({
  onClose,
  children,
  confirmLabel,
  tone = "usual",
  reason = "required",
  onConfirm,
  onDone = onClose,
}: ConfirmWithReasonProps) {
  const [text, setText] = useState("");
  const confirm = useMutation({
    mutationFn: () => onConfirm(text.trim() === "" ? undefined : text.trim()),
    onSuccess: onDone,
  });
  const lacksReason = reason === "required" && text.trim() === "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!lacksReason && !confirm.isPending) confirm.mutate();
      }}
    >
      <Stack gap="md">
        {children}
        {reason === "none" ? null : (
          <Textarea
            label="Reason"
            description="Goes into the audit log under your name. Do not write patient data here."
            required={reason === "required"}
            data-autofocus
            autosize
            minRows={2}
            maxRows={6}
            maxLength={reasonLengthMax}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {confirm.error ? (
          <Alert color="red" role="alert">
            {explainError(confirm.error)}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
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
