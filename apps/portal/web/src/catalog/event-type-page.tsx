import { JsonView, KeyValue, Loaded, notifyDone, notifyFailure, PageHeader, Panel } from "@carewire/ui";
import { Badge, SegmentedControl, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlus, IconSend } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/call.ts";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { bodyPreview, formatNotes, type PayloadFormat } from "../formats/body-preview.ts";
import { ScopedButton } from "../session/scoped-button.tsx";
import { SchemaTable } from "./schema-table.tsx";
import { SnippetTabs } from "./snippet-tabs.tsx";

type EventType = Answer<"GET /v1/event-types/:type">;

/** One event type: its fields, what it looks like in each format, and code that receives it. */
export function EventTypePage() {
  const { type } = useParams({ strict: false }) as { type: string };
  const query = useQuery(apiQuery("GET /v1/event-types/:type", { params: { type } }));
  return <Loaded query={query}>{(data) => <EventTypeView type={data} />}</Loaded>;
}

function EventTypeView({ type }: { type: EventType }) {
  const navigate = useNavigate();
  return (
    <>
      <PageHeader
        title={type.type}
        above={[{ to: "/catalog", label: "Event catalog" }]}
        badge={
          <Badge variant="light" tt="none">
            {type.source === "organization" ? "yours" : type.domain}
          </Badge>
        }
        description={type.description}
        actions={
          <>
            <PublishSample type={type} />
            <ScopedButton
              scope="subscriptions:write"
              leftSection={<IconPlus size={15} />}
              onClick={() =>
                void navigate({ to: "/endpoints/new" as ".", search: { events: type.type } as never })
              }
            >
              Subscribe an endpoint
            </ScopedButton>
          </>
        }
      />
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          <Panel title="Fields">
            <SchemaTable schema={type.schema} />
          </Panel>
          <Sample type={type} />
        </SimpleGrid>
        <Panel title="Receive it">
          <SnippetTabs type={type.type} example={type.example} scheme="standard-webhooks" />
        </Panel>
        <Panel title="Subscribe to it">
          <KeyValue
            items={[
              [
                "Patterns, narrowest first",
                <span key="p" className="cw-mono">
                  {type.patterns.join("   ")}
                </span>,
              ],
            ]}
          />
        </Panel>
      </Stack>
    </>
  );
}

function PublishSample({ type }: { type: EventType }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const publish = useMutation({
    mutationFn: (idempotencyKey: string) =>
      call("POST /v1/events", { body: { type: type.type, data: type.example }, idempotencyKey }),
    onSuccess: async ({ id }) => {
      notifyDone("Published: a real event, to every endpoint that asks for it.");
      await client.invalidateQueries({ queryKey: ["GET /v1/events"] });
      await navigate({ to: `/events/${id}` as "." });
    },
    onError: (error) => notifyFailure("It was not published", error),
  });
  return (
    <ScopedButton
      scope="events:write"
      variant="default"
      leftSection={<IconSend size={15} />}
      refusal={
        type.example === null
          ? "There is no sample to publish."
          : type.patterns.includes("*")
            ? null
            : "Only the platform publishes it."
      }
      loading={publish.isPending}
      onClick={() => publish.mutate(crypto.randomUUID())}
    >
      Publish the sample
    </ScopedButton>
  );
}

function Sample({ type }: { type: EventType }) {
  const [format, setFormat] = useState<PayloadFormat>("envelope");
  const preview =
    type.example === null
      ? null
      : bodyPreview(format, {
          id: "evt_01kjmma2zme008000000000001",
          type: type.type,
          created_at: "2026-03-01T12:00:00.000Z",
          data: type.example,
          subscription_id: "sub_01kjng0000e008000000000003",
          thin: type.thin,
        });
  return (
    <Panel title="Sample">
      <Stack gap="xs">
        <SegmentedControl
          aria-label="Format"
          value={format}
          onChange={(value) => setFormat(value as PayloadFormat)}
          data={Object.entries(formatNotes).map(([value, { label }]) => ({ value, label }))}
        />
        <Text size="xs" c="dimmed">
          {formatNotes[format].note}
        </Text>
        {preview === null ? (
          <Text size="sm">
            {type.example === null
              ? "There is no sample of this type."
              : "What a thin body of it says is not known."}
          </Text>
        ) : (
          <JsonView value={preview} what={`the sample in the format ${format}`} />
        )}
      </Stack>
    </Panel>
  );
}
