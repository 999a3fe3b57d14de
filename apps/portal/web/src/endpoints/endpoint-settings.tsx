import { notifyDone, Panel } from "@carewire/ui";
import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { scopeWords } from "../session/scope-words.ts";
import { useSession } from "../session/session-context.ts";
import { EndpointForm } from "./endpoint-form.tsx";
import { changesOf, valuesOf } from "./endpoint-values.ts";

type Endpoint = Answer<"GET /v1/subscriptions/:id">;

/** Changes an endpoint: only what was changed here is sent, and what is typed stays when it changes elsewhere. */
export function EndpointSettings({ endpoint, onSaved }: { endpoint: Endpoint; onSaved: () => void }) {
  const client = useQueryClient();
  const { can } = useSession();
  const [base, setBase] = useState(endpoint);
  const [isTouched, setTouched] = useState(false);
  if (!isTouched && endpoint.version > base.version) setBase(endpoint);
  if (!can("subscriptions:write")) {
    return (
      <Panel title="Settings">
        <Text size="sm">Your access does not include “{scopeWords("subscriptions:write")}”.</Text>
      </Panel>
    );
  }
  return (
    <EndpointForm
      key={base.version}
      initial={valuesOf(base)}
      before={base}
      submitLabel="Save changes"
      onChange={() => setTouched(true)}
      onSubmit={async (values) => {
        const params = { id: endpoint.id };
        const changed = await call("PATCH /v1/subscriptions/:id", {
          params,
          body: changesOf(base, values),
        });
        client.setQueryData(apiQuery("GET /v1/subscriptions/:id", { params }).queryKey, changed);
        setTouched(false);
        await client.invalidateQueries({ queryKey: ["GET /v1/subscriptions"] });
        notifyDone("Saved. Deliveries from now on follow it.");
        onSaved();
      }}
    />
  );
}
