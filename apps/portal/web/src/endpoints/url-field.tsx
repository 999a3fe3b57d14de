import { Loader, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import type { UrlVerdict } from "./url-verdict.ts";
import { useUrlCheck } from "./use-url-check.ts";

export interface UrlFieldProps {
  value: string;
  onChange: (value: string) => void;
  error?: string;
}

const typingPauseMs = 500;
const usual = "Where deliveries are sent. It must be reachable from the internet over https.";

/** The URL of an endpoint, checked while it is typed: first here, then by the server's own rules. */
export function UrlField({ value, onChange, error }: UrlFieldProps) {
  const [settled] = useDebouncedValue(value, typingPauseMs);
  const settledVerdict = useUrlCheck(settled);
  const verdict: UrlVerdict = settled === value ? settledVerdict : { kind: "checking" };
  return (
    <TextInput
      label="URL"
      description={<Note verdict={verdict} />}
      placeholder="https://hooks.example.com/carewire"
      type="url"
      inputMode="url"
      required
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error ?? (verdict.kind === "wrong" ? verdict.text : undefined)}
      rightSection={<Mark verdict={verdict} typed={value !== ""} />}
      spellCheck={false}
    />
  );
}

function Note({ verdict }: { verdict: UrlVerdict }) {
  if (verdict.kind === "doubtful") return <span style={{ color: "var(--cw-warn)" }}>{verdict.text}</span>;
  if (verdict.kind === "reachable") return <span style={{ color: "var(--cw-ok)" }}>{verdict.text}</span>;
  return <>{usual}</>;
}

function Mark({ verdict, typed }: { verdict: UrlVerdict; typed: boolean }) {
  switch (verdict.kind) {
    case "reachable":
      return <IconCheck size={16} color="var(--cw-ok)" aria-hidden="true" />;
    case "doubtful":
      return <IconAlertTriangle size={16} color="var(--cw-warn)" aria-hidden="true" />;
    case "checking":
      return typed ? <Loader size={14} aria-label="Checking the URL" /> : null;
    case "empty":
    case "wrong":
      return null;
  }
}
