import { notifyDone, notifyFailure } from "@carewire/ui";
import { Button, CopyButton } from "@mantine/core";
import { IconCheck, IconPlayerTrackNext, IconTerminal2, IconX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { ScopedButton } from "../session/scoped-button.tsx";
import { curlCommand } from "./curl-command.ts";

type Delivery = Answer<"GET /v1/deliveries/:id">;
type Attempt = Answer<"GET /v1/deliveries/:id/attempts">["data"][number];

/** Replay, cancel, copy as curl. */
export function DeliveryActions({ delivery, attempts }: { delivery: Delivery; attempts: Attempt[] }) {
  const onItsWay =
    delivery.status === "pending" || delivery.status === "retrying" || delivery.status === "held";
  return (
    <>
      <CopyCurl delivery={delivery} attempt={attempts[0] ?? null} />
      {onItsWay ? <Cancel delivery={delivery} /> : null}
      <Replay
        delivery={delivery}
        refusal={onItsWay ? "It is still on its way: there is nothing to repeat yet." : null}
      />
    </>
  );
}

function Replay({ delivery, refusal }: { delivery: Delivery; refusal: string | null }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const replay = useMutation({
    mutationFn: (idempotencyKey: string) =>
      call("POST /v1/deliveries/:id/replay", { params: { id: delivery.id }, body: {}, idempotencyKey }),
    onSuccess: async (made) => {
      notifyDone(
        made.status === "held"
          ? "Queued; it is held while the endpoint is paused."
          : "Queued to be sent again.",
      );
      await client.invalidateQueries({ queryKey: ["GET /v1/deliveries"] });
      await navigate({ to: `/deliveries/${made.id}` as "." });
    },
    onError: (error) => notifyFailure("It was not replayed", error),
  });
  return (
    <ScopedButton
      scope="deliveries:write"
      refusal={
        delivery.trigger === "test" ? "A ping or a test is sent again from the endpoint’s page." : refusal
      }
      leftSection={<IconPlayerTrackNext size={15} />}
      loading={replay.isPending}
      onClick={() => replay.mutate(crypto.randomUUID())}
    >
      Replay
    </ScopedButton>
  );
}

function Cancel({ delivery }: { delivery: Delivery }) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => call("POST /v1/deliveries/:id/cancel", { params: { id: delivery.id }, body: {} }),
    onSuccess: () => {
      notifyDone("Cancelled: it is not sent any more.");
      return Promise.all([
        client.invalidateQueries({ queryKey: ["GET /v1/deliveries/:id"] }),
        client.invalidateQueries({ queryKey: ["GET /v1/deliveries"] }),
      ]);
    },
    onError: (error) => notifyFailure("It was not cancelled", error),
  });
  return (
    <ScopedButton
      scope="deliveries:write"
      variant="default"
      leftSection={<IconX size={15} />}
      loading={cancel.isPending}
      onClick={() => cancel.mutate()}
    >
      Cancel
    </ScopedButton>
  );
}

function CopyCurl({ delivery, attempt }: { delivery: Delivery; attempt: Attempt | null }) {
  const endpoint = useQuery({
    ...apiQuery("GET /v1/subscriptions/:id", { params: { id: delivery.subscription_id } }),
    retry: false,
  });
  const body = delivery.request_body;
  if (attempt?.request_headers == null || body == null || !endpoint.data?.url) return null;
  const command = curlCommand({ url: endpoint.data.url, headers: attempt.request_headers, body });
  return (
    <CopyButton value={command} timeout={1_500}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          leftSection={copied ? <IconCheck size={15} /> : <IconTerminal2 size={15} />}
          onClick={copy}
        >
          {copied ? "Copied" : "Copy as curl"}
        </Button>
      )}
    </CopyButton>
  );
}
