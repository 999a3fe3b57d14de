import { Input, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import type { AuthValues } from "./endpoint-values.ts";

export interface AuthFieldProps {
  auth: AuthValues;
  /** The kind of credentials the endpoint has already. */
  had: string | null;
  onChange: (auth: AuthValues) => void;
  error?: string;
}

const fresh: Record<AuthValues["type"], AuthValues> = {
  none: { type: "none" },
  kept: { type: "kept" },
  bearer: { type: "bearer", token: "" },
  basic: { type: "basic", username: "", password: "" },
  oauth2: { type: "oauth2", token_url: "", client_id: "", client_secret: "", scope: "" },
};

/** Credentials that the endpoint asks for beside the signature. Kept encrypted, and never shown again. */
export function AuthField({ auth, had, onChange, error }: AuthFieldProps) {
  return (
    <Input.Wrapper error={error} labelElement="div">
      <Stack gap={6}>
        <Select
          label="Authentication"
          description="Credentials your endpoint asks for beside the signature. They are never shown again."
          value={auth.type}
          allowDeselect={false}
          onChange={(type) => onChange(fresh[(type ?? "none") as AuthValues["type"]])}
          data={[
            { value: "none", label: "None" },
            ...(had === null ? [] : [{ value: "kept", label: `Keep what is set (${had})` }]),
            { value: "bearer", label: "Bearer token" },
            { value: "basic", label: "User name and password" },
            { value: "oauth2", label: "OAuth2 client credentials" },
          ]}
        />
        <Credentials auth={auth} onChange={onChange} />
      </Stack>
    </Input.Wrapper>
  );
}

function Credentials({ auth, onChange }: Pick<AuthFieldProps, "auth" | "onChange">) {
  const off = { autoComplete: "off", size: "xs" } as const;
  switch (auth.type) {
    case "none":
    case "kept":
      return null;
    case "bearer":
      return (
        <PasswordInput
          {...off}
          label="Token"
          value={auth.token}
          onChange={(event) => onChange({ ...auth, token: event.currentTarget.value })}
        />
      );
    case "basic":
      return (
        <>
          <TextInput
            {...off}
            label="User name"
            value={auth.username}
            onChange={(event) => onChange({ ...auth, username: event.currentTarget.value })}
          />
          <PasswordInput
            {...off}
            label="Password"
            value={auth.password}
            onChange={(event) => onChange({ ...auth, password: event.currentTarget.value })}
          />
        </>
      );
    case "oauth2":
      return <OAuthFields auth={auth} onChange={onChange} />;
  }
}

type OAuth = Extract<AuthValues, { type: "oauth2" }>;

function OAuthFields({ auth, onChange }: { auth: OAuth; onChange: (auth: AuthValues) => void }) {
  return (
    <>
      <TextInput
        label="Token URL"
        placeholder="https://login.example.com/token"
        value={auth.token_url}
        onChange={(event) => onChange({ ...auth, token_url: event.currentTarget.value })}
      />
      <TextInput
        label="Client id"
        value={auth.client_id}
        onChange={(event) => onChange({ ...auth, client_id: event.currentTarget.value })}
      />
      <PasswordInput
        size="xs"
        label="Client secret"
        autoComplete="off"
        value={auth.client_secret}
        onChange={(event) => onChange({ ...auth, client_secret: event.currentTarget.value })}
      />
      <TextInput
        label="Scope"
        value={auth.scope}
        onChange={(event) => onChange({ ...auth, scope: event.currentTarget.value })}
      />
    </>
  );
}
