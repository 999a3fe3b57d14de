import { Input, Select, Stack, Textarea } from "@mantine/core";
import type { CertificateValues } from "./endpoint-values.ts";

export interface CertificateFieldProps {
  certificate: CertificateValues;
  /** Whose the certificate is that the endpoint has already. */
  had: string | null;
  onChange: (certificate: CertificateValues) => void;
  error?: string;
}

const fresh: Record<CertificateValues["type"], CertificateValues> = {
  none: { type: "none" },
  kept: { type: "kept" },
  given: { type: "given", certificate: "", key: "" },
};

/** What we show to an endpoint that asks for a client certificate (mutual TLS). Kept encrypted, and never shown again. */
export function CertificateField({ certificate, had, onChange, error }: CertificateFieldProps) {
  return (
    <Input.Wrapper error={error} labelElement="div">
      <Stack gap={6}>
        <Select
          label="Client certificate"
          description="What we show when your endpoint asks who connects (mutual TLS). It is never shown again."
          value={certificate.type}
          allowDeselect={false}
          onChange={(type) => onChange(fresh[(type ?? "none") as CertificateValues["type"]])}
          data={[
            { value: "none", label: "None" },
            ...(had === null ? [] : [{ value: "kept", label: `Keep what is set (${had})` }]),
            { value: "given", label: "Certificate and key" },
          ]}
        />
        {certificate.type === "given" ? <PemFields given={certificate} onChange={onChange} /> : null}
      </Stack>
    </Input.Wrapper>
  );
}

type Given = Extract<CertificateValues, { type: "given" }>;

const pemInput = {
  size: "xs",
  minRows: 3,
  maxRows: 8,
  autosize: true,
  autoComplete: "off",
  spellCheck: false,
  styles: { input: { fontFamily: "var(--mantine-font-family-monospace)" } },
} as const;

function PemFields({ given, onChange }: { given: Given; onChange: (given: Given) => void }) {
  return (
    <>
      <Textarea
        {...pemInput}
        label="Certificate"
        description="PEM; the chain may follow it."
        placeholder="-----BEGIN CERTIFICATE-----"
        value={given.certificate}
        onChange={(event) => onChange({ ...given, certificate: event.currentTarget.value })}
      />
      <Textarea
        {...pemInput}
        label="Private key"
        description="PEM, without a password."
        placeholder="-----BEGIN PRIVATE KEY-----"
        value={given.key}
        onChange={(event) => onChange({ ...given, key: event.currentTarget.value })}
      />
    </>
  );
}
