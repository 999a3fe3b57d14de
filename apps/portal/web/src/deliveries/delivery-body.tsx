import { JsonView, Panel } from "@carewire/ui";
import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconShieldCheck } from "@tabler/icons-react";
import type { Answer } from "../api/routes.ts";
import { useSession } from "../session/session-context.ts";
import { SignatureChecker } from "../signature/signature-checker.tsx";
import { headerLines } from "./header-table.tsx";

type Delivery = Answer<"GET /v1/deliveries/:id">;
type Attempt = Answer<"GET /v1/deliveries/:id/attempts">["data"][number];

/** What was sent, and a way to check its signature. */
export function DeliveryBody({ delivery, attempt }: { delivery: Delivery; attempt: Attempt | null }) {
  const [checking, check] = useDisclosure(false);
  const { can } = useSession();
  const body = delivery.request_body ?? null;
  return (
    <>
      <Panel
        title="Request body"
        end={
          <Button
            variant={checking ? "light" : "default"}
            leftSection={<IconShieldCheck size={15} />}
            aria-expanded={checking}
            onClick={check.toggle}
          >
            Verify a signature
          </Button>
        }
      >
        {body === null ? (
          <Text size="sm">
            {can("payloads:read")
              ? "The payload is not kept any more: it was erased on request, or by age."
              : "Your access does not include seeing payloads."}
          </Text>
        ) : (
          <>
            <Text size="xs" c="dimmed" mb={6}>
              In the endpoint’s format as it is now. Looking at a payload goes into the audit log.
            </Text>
            <JsonView value={body} what="the request body" />
          </>
        )}
      </Panel>
      {checking ? (
        <Panel title="Verify a signature">
          <SignatureChecker
            headerLines={attempt?.request_headers ? headerLines(attempt.request_headers) : ""}
            body={body ?? ""}
          />
        </Panel>
      ) : null}
    </>
  );
}
