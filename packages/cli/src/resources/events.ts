import { queryOf } from "./query.ts";
import { pageOptions, type ResourceGroup, timeOptions } from "./resource-command.ts";

export const events: ResourceGroup = {
  name: "events",
  description: "what was published",
  commands: [
    {
      name: "list",
      description: "events, newest first",
      options: [
        { flags: "--type <type>", description: "event type" },
        { flags: "--subject <subject>", description: "what they are about" },
        ...timeOptions,
        ...pageOptions,
      ],
      examples: ["carewire events list --type order.paid --since 2h"],
      run: async (context, _args, given) =>
        context.client().events.list(queryOf(given, { type: "type", subject: "subject" })),
      columns: [
        ["ID", (row) => row.id],
        ["TYPE", (row) => row.type],
        ["SUBJECT", (row) => row.subject],
        ["CREATED", (row) => row.created_at],
        ["BYTES", (row) => row.payload_bytes],
      ],
    },
    {
      name: "get",
      args: "<id>",
      description: "an event and its lineage; its payload with the scope payloads:read, audited",
      examples: ["carewire events get evt_01k… --json"],
      run: async (context, [id = ""]) => context.client().events.get(id),
    },
    {
      name: "lineage",
      args: "<id>",
      description: "everything that led to an event, delivery or attempt, and all that came of it",
      examples: ["carewire events lineage dlv_01k… --json"],
      run: async (context, [id = ""]) => context.client().lineage.get(id),
    },
    {
      name: "types",
      description: "the catalog of event types",
      examples: ["carewire events types"],
      run: async (context) => context.client().eventTypes.list(),
      columns: [
        ["TYPE", (row) => row.type],
        ["DESCRIPTION", (row) => row.description],
      ],
    },
  ],
};
