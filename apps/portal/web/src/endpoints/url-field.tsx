import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useUrlCheck } from "./use-url-check.ts";

export interface UrlFieldProps {
  value: string;
  onChange: (value: string) => void;
  error?: string;
}

const typingPauseMs = 400;

/** The URL of an endpoint, checked while it is typed: first here, then by the server's own rules. */
export function UrlField({ value, onChange, error }: UrlFieldProps) {
  const [settled] = useDebouncedValue(value, typingPauseMs);
  const check = useUrlCheck(settled);
  const isCurrent = settled === value;
  const wrong = isCurrent && check.kind === "wrong" ? check.text : undefined;
  return (
    <TextInput
      label="URL"
      description={
        isCurrent && check.kind === "doubtful" ? (
          <span style={{ color: "var(--cw-warn)" }}>{check.text}</span>
        ) : (
          "Where deliveries are sent. It must be reachable from the internet over https."
        )
      }
      placeholder="https://hooks.example.com/carewire"
      type="url"
      inputMode="url"
      required
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error ?? wrong}
      rightSection={isCurrent ? <CheckMark kind={check.kind} /> : null}
      spellCheck={false}
    />
  );
}

function CheckMark({ kind }: { kind: string }) {
  if (kind === "fine") {
    return <IconCheck size={16} color="var(--cw-ok)" aria-label="This URL can be used" />;
  }
  if (kind === "doubtful") {
    return <IconAlertTriangle size={16} color="var(--cw-warn)" aria-label="Look at this URL again" />;
  }
  return null;
}
