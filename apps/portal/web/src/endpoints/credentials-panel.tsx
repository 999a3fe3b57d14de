import type { Subscription } from "@carewire/contracts";
import { Panel } from "@carewire/ui";
import { Stack } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { AuthField } from "./auth-field.tsx";
import { CertificateField } from "./certificate-field.tsx";
import type { EndpointValues } from "./endpoint-values.ts";
import { HeadersField } from "./headers-field.tsx";

interface CredentialsProps {
  form: UseFormReturnType<EndpointValues>;
  /** The endpoint that is changed; null for a new one. */
  before: Subscription | null;
}

/** What goes along with each request beside the signature, and what an endpoint asks us to prove. */
export function CredentialsPanel({ form, before }: CredentialsProps) {
  const { values } = form;
  return (
    <Panel title="Headers and credentials">
      <Stack gap="md">
        <HeadersField
          label="Headers"
          description="Sent with every delivery, and shown with every attempt."
          lines={values.headers}
          onChange={(headers) => form.setFieldValue("headers", headers)}
          error={form.errors.headers?.toString()}
        />
        <HeadersField
          label="Secret headers"
          description="The same, but their values are never shown again."
          lines={values.sensitive_headers}
          onChange={(lines) => form.setFieldValue("sensitive_headers", lines)}
          error={form.errors.sensitive_headers?.toString()}
          secret={{
            names: before?.sensitive_headers ?? [],
            kept: values.keep_sensitive,
            onKeep: (kept) => form.setFieldValue("keep_sensitive", kept),
          }}
        />
        {values.url === null ? null : <ConnectionFields form={form} before={before} />}
      </Stack>
    </Panel>
  );
}

/** For endpoints that we connect to: a stream is opened by whoever receives. */
function ConnectionFields({ form, before }: CredentialsProps) {
  return (
    <>
      <AuthField
        auth={form.values.auth}
        had={before?.endpoint_auth?.type ?? null}
        onChange={(auth) => form.setFieldValue("auth", auth)}
        error={form.errors.auth?.toString()}
      />
      <CertificateField
        certificate={form.values.certificate}
        had={before?.client_certificate?.subject ?? null}
        onChange={(certificate) => form.setFieldValue("certificate", certificate)}
        error={form.errors.certificate?.toString()}
      />
    </>
  );
}
