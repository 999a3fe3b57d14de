import { queryOf } from "./query.ts";
import { pageOptions, type ResourceGroup, timeOptions } from "./resource-command.ts";

const statuses = ["pending", "retrying", "held", "delivered", "failed", "cancelled"] as const;
const responseClasses = ["1xx", "2xx", "3xx", "4xx", "5xx", "none", "timeout", "network"] as const;

export const deliveries: ResourceGroup = {
  name: "deliveries",
  description: "events on their way to subscriptions",
  commands: [
    {
      name: "list",
      description: "deliveries, newest first",
      options: [
        { flags: "--status <status>", description: "their state", choices: statuses },
        { flags: "--subscription <id>", description: "of one subscription" },
        { flags: "--event <id>", description: "of one event" },
        { flags: "--type <type>", description: "event type" },
        {
          flags: "--response-class <class>",
          description: "what the last answer was",
          choices: responseClasses,
        },
        ...timeOptions,
        ...pageOptions,
      ],
      examples: [
        "carewire deliveries list --status failed --since 1d",
        "carewire deliveries list --event evt_01k…",
      ],
      run: async (context, _args, given) =>
        context.client().deliveries.list(
          queryOf(given, {
            status: "status",
            subscription: "subscription_id",
            event: "event_id",
            type: "type",
            responseClass: "response_class",
          }),
        ),
      columns: [
        ["ID", (row) => row.id],
        ["TYPE", (row) => row.event_type],
        ["STATUS", (row) => row.status],
        ["ANSWER", (row) => row.response_code],
        ["TRIES", (row) => row.attempts],
        ["NEXT RETRY", (row) => row.next_retry_at],
        ["CREATED", (row) => row.created_at],
      ],
    },
    {
      name: "get",
      args: "<id>",
      description: "a delivery; with payload when the key may see it",
      examples: ["carewire deliveries get dlv_01k…"],
      run: async (context, [id = ""]) => context.client().deliveries.get(id),
    },
    {
      name: "attempts",
      args: "<id>",
      description: "every try, what was answered, and what follows and why",
      examples: ["carewire deliveries attempts dlv_01k… --json"],
      run: async (context, [id = ""]) => context.client().deliveries.listAttempts(id),
      columns: [
        ["N", (row) => row.n],
        ["OUTCOME", (row) => row.outcome],
        ["ANSWER", (row) => row.response_code],
        ["MS", (row) => row.duration_ms],
        ["NEXT", (row) => row.next_step],
        ["WHY", (row) => row.reason],
      ],
    },
    {
      name: "replay",
      args: "<id>",
      description: "send it again, whatever came of it; same message id",
      examples: ["carewire deliveries replay dlv_01k…"],
      run: async (context, [id = ""]) => context.client().replays.replayDelivery(id),
    },
    {
      name: "cancel",
      args: "<id>",
      description: "end one that is not finished",
      examples: ["carewire deliveries cancel dlv_01k…"],
      run: async (context, [id = ""]) => context.client().deliveries.cancel(id),
    },
  ],
};
