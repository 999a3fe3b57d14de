import { PageHeader } from "@carewire/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { EndpointAdded } from "./endpoint-added.tsx";
import { EndpointForm } from "./endpoint-form.tsx";
import { createBodyOf, type EndpointValues, newEndpoint } from "./endpoint-values.ts";
import { useAccounts } from "./use-accounts.ts";

const above = [{ to: "/endpoints", label: "Endpoints" }];

/** Makes an endpoint, then shows its secret, how to verify with it, and a test. */
export function NewEndpointPage() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const accounts = useAccounts();
  const { events } = useSearch({ strict: false }) as { events?: string };
  const create = useMutation({
    mutationFn: (values: EndpointValues) => call("POST /v1/subscriptions", { body: createBodyOf(values) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["GET /v1/subscriptions"] }),
  });
  if (create.data) return <EndpointAdded endpoint={create.data} />;
  const initial = events ? { ...newEndpoint, all_events: false, events: events.split(",") } : newEndpoint;
  return (
    <>
      <PageHeader
        title="Add an endpoint"
        above={above}
        description="Two things are needed: where to send, and a name. Everything else can be changed later."
      />
      <EndpointForm
        initial={initial}
        before={null}
        submitLabel="Add endpoint"
        isComplete={accounts.refusal === null}
        onSubmit={async (values) => {
          await create.mutateAsync(values);
        }}
        onCancel={() => void navigate({ to: "/endpoints" as "." })}
      />
    </>
  );
}
