import { describeDuration } from "@carewire/ui";
import { Alert, Button, Group, PasswordInput, SimpleGrid, Stack, Text, Textarea } from "@mantine/core";
import { IconLock, IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useState } from "react";
import { type SignatureVerdict, verifySignature } from "./verify-signature.ts";

export interface SignatureCheckerProps {
  headerLines: string;
  body: string;
}

const mono = { input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.75rem" } };

/** Checks a request's signature in this browser; what is pasted here is sent nowhere. */
export function SignatureChecker(initial: SignatureCheckerProps) {
  const [headerLines, setHeaderLines] = useState(initial.headerLines);
  const [body, setBody] = useState(initial.body);
  const [secret, setSecret] = useState("");
  const [verdict, setVerdict] = useState<SignatureVerdict | null>(null);
  const changed = (set: (text: string) => void) => (text: string) => {
    set(text);
    setVerdict(null);
  };
  const check = async () => setVerdict(await verifySignature({ headerLines, body, secret }, Date.now()));
  const wrong = (field: "headers" | "secret") =>
    verdict?.kind === "unusable" && verdict.field === field ? verdict.detail : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void check();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          Headers and body are those of the newest attempt. To find out why your server refuses it, paste what
          your server got in their place, and the secret that it holds.
        </Text>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Textarea
            label="Headers"
            size="xs"
            autosize
            minRows={6}
            maxRows={12}
            styles={mono}
            spellCheck={false}
            value={headerLines}
            onChange={(event) => changed(setHeaderLines)(event.currentTarget.value)}
            error={wrong("headers")}
          />
          <Textarea
            label="Raw body"
            size="xs"
            autosize
            minRows={6}
            maxRows={12}
            styles={mono}
            spellCheck={false}
            value={body}
            onChange={(event) => changed(setBody)(event.currentTarget.value)}
          />
        </SimpleGrid>
        <Group align="flex-end" gap="sm">
          <PasswordInput
            label="Signing secret"
            placeholder="whsec_…"
            size="xs"
            w={360}
            autoComplete="off"
            value={secret}
            onChange={(event) => changed(setSecret)(event.currentTarget.value)}
            error={wrong("secret")}
          />
          <Button type="submit">Check the signature</Button>
        </Group>
        <Text size="xs" c="dimmed">
          <IconLock size={12} aria-hidden="true" /> Computed in this browser. The secret does not leave the
          page.
        </Text>
        <Verdict verdict={verdict} />
      </Stack>
    </form>
  );
}

function Verdict({ verdict }: { verdict: SignatureVerdict | null }) {
  if (verdict === null || verdict.kind === "unusable") return null;
  if (verdict.kind === "mismatch") {
    return (
      <Alert color="red" icon={<IconShieldX size={18} />} title="The signature does not fit" role="status">
        {verdict.hint}
      </Alert>
    );
  }
  const { ageSeconds, stale, signatures } = verdict;
  return (
    <Alert color="petrol" icon={<IconShieldCheck size={18} />} title="The signature fits" role="status">
      Signed {describeDuration(Math.abs(ageSeconds) * 1_000)} {ageSeconds < 0 ? "from now" : "ago"}
      {signatures > 1 ? `, with ${signatures} secrets at once: one is being replaced` : ""}.
      {stale
        ? " A server would refuse it by now, because it is too old to be new: that is right for an old delivery."
        : ""}
    </Alert>
  );
}
