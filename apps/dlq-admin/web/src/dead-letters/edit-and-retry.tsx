import { ConfirmWithReason, FailureNote, reasonLengthMax } from "@carewire/ui";
import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type UseMutationResult, useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { DeadLetterDetail } from "../api/types.ts";
import { checkPayload, formatPayload, isJsonLetter } from "./check-payload.ts";
import { Fault } from "./fault.tsx";

export interface EditAndRetryProps {
  opened: boolean;
  onClose: () => void;
  letter: DeadLetterDetail;
  /** The payload in the clear; null while it is masked. */
  clear: string | null;
  onReveal: (reason: string | undefined) => Promise<void>;
  onRetry: (reason: string | undefined, payload: string) => Promise<void>;
}

interface Correction {
  reason: string | undefined;
  payload: string;
}

/** Corrects a payload and sends it back; the original is kept. What is masked must be revealed first. */
export function EditAndRetry(props: EditAndRetryProps) {
  const { opened, onClose, clear, onReveal, onRetry } = props;
  const send = useMutation({
    mutationFn: ({ reason, payload }: Correction) => onRetry(reason, payload),
    onSuccess: onClose,
  });
  const close = () => {
    if (send.isPending) return;
    send.reset();
    onClose();
  };
  if (opened && clear === null) {
    return <RevealFirst onClose={onClose} onReveal={onReveal} />;
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title="Edit the payload and retry"
      size="xl"
      closeButtonProps={{ "aria-label": "Close", disabled: send.isPending }}
      // What was written would be lost by accident.
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      {opened && clear !== null ? (
        <Editor letter={props.letter} clear={clear} send={send} onClose={close} />
      ) : null}
    </Modal>
  );
}

function RevealFirst({ onClose, onReveal }: Pick<EditAndRetryProps, "onClose" | "onReveal">) {
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      // The editor takes its place.
      onDone={() => {}}
      title="Edit the payload and retry"
      confirmLabel="Reveal and edit"
      onConfirm={onReveal}
    >
      <Text size="sm">
        Editing shows the payload in the clear. That you saw it, and why, goes into the audit log.
      </Text>
    </ConfirmWithReason>
  );
}

interface EditorProps {
  letter: DeadLetterDetail;
  clear: string;
  send: UseMutationResult<void, Error, Correction>;
  onClose: () => void;
}

function Editor({ letter, clear, send, onClose }: EditorProps) {
  const original = formatPayload(clear);
  const [text, setText] = useState(original);
  const [reason, setReason] = useState("");
  const isJson = isJsonLetter(letter);
  const check = checkPayload(text, { isJson });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (check.fault !== null || text === original || send.isPending) return;
        send.mutate({ reason: reason.trim() || undefined, payload: text });
      }}
    >
      <Stack gap="sm">
        <div>
          <Fault letter={letter} />
        </div>
        <PayloadField text={text} isJson={isJson} fault={check.fault} onText={setText} />
        <TextInput
          label="Reason"
          description="Goes into the audit log. Do not write patient data here."
          maxLength={reasonLengthMax}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <FailureNote error={send.error} />
        <EditorButtons
          original={original}
          text={text}
          isJson={isJson}
          fault={check.fault}
          isSending={send.isPending}
          onText={setText}
          onCancel={onClose}
        />
      </Stack>
    </form>
  );
}

interface PayloadFieldProps {
  text: string;
  isJson: boolean;
  fault: string | null;
  onText: (text: string) => void;
}

function PayloadField({ text, isJson, fault, onText }: PayloadFieldProps) {
  return (
    <Textarea
      label="Payload"
      description={`${isJson ? "JSON" : "In the format it was sent in"}. The consumer gets this; the original stays beside it, with your name and reason.`}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.78rem" } }}
      autosize
      minRows={10}
      maxRows={24}
      spellCheck={false}
      value={text}
      onChange={(event) => onText(event.currentTarget.value)}
      error={fault}
      data-autofocus
    />
  );
}

interface EditorButtonsProps extends PayloadFieldProps {
  original: string;
  isSending: boolean;
  onCancel: () => void;
}

function EditorButtons({ original, text, isJson, fault, isSending, onText, onCancel }: EditorButtonsProps) {
  const isSame = text === original;
  return (
    <Group justify="space-between">
      <Group gap="xs">
        <Button
          variant="subtle"
          color="gray"
          disabled={!isJson || fault !== null}
          onClick={() => onText(formatPayload(text))}
        >
          Format
        </Button>
        <Button variant="subtle" color="gray" disabled={isSame} onClick={() => onText(original)}>
          Start over
        </Button>
      </Group>
      <Group gap="xs">
        <Button variant="default" disabled={isSending} onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" disabled={fault !== null || isSame} loading={isSending}>
          Retry with this payload
        </Button>
      </Group>
    </Group>
  );
}
