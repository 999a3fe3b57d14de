import type { CommandContext } from "../command-context.ts";
import { wholeNumber } from "../commands/option-values.ts";
import { withData } from "../trigger/parse-data.ts";
import { queryOf } from "./query.ts";
import { type Given, number, pageOptions, type ResourceGroup, text } from "./resource-command.ts";

const fieldOptions = [
  { flags: "--name <name>", description: "what it is called" },
  { flags: "--endpoint-url <url>", description: "where deliveries are sent" },
  { flags: "--events <patterns>", description: "event types and patterns, by commas" },
  { flags: "--description <text>", description: "what it is for" },
  {
    flags: "--format <format>",
    description: "payload format",
    choices: ["envelope", "event", "flat", "thin"],
  },
  { flags: "--data <data>", description: "any further field: JSON or field=value; repeatable", isMany: true },
] as const;

function bodyOf(given: Given): Record<string, unknown> {
  const events = text(given.events);
  const named = {
    name: text(given.name),
    url: text(given.endpointUrl),
    description: text(given.description),
    payload_format: text(given.format),
    events: events?.split(","),
  };
  const known = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  return withData(known, Array.isArray(given.data) ? given.data : []);
}

const onOne =
  (member: "get" | "pause" | "resume" | "ping" | "stats") =>
  (context: CommandContext, [id = ""]: string[]) =>
    context.client().subscriptions[member](id) as Promise<unknown>;

export const subscriptions: ResourceGroup = {
  name: "subscriptions",
  description: "who gets which events, and where",
  commands: [
    {
      name: "list",
      description: "subscriptions, newest first",
      options: pageOptions,
      examples: ["carewire subscriptions list"],
      run: async (context, _args, given) => context.client().subscriptions.list(queryOf(given)),
      columns: [
        ["ID", (row) => row.id],
        ["NAME", (row) => row.name],
        ["URL", (row) => row.url ?? "(stream)"],
        ["EVENTS", (row) => (row.events as string[]).join(",")],
        ["ACTIVE", (row) => row.active],
      ],
    },
    {
      name: "get",
      args: "<id>",
      description: "a subscription",
      examples: ["carewire subscriptions get sub_01k…"],
      run: onOne("get"),
    },
    {
      name: "create",
      description: "make a subscription; its secret is shown with --print-secret, or later with secret",
      options: [...fieldOptions, { flags: "--print-secret", description: "show the signing secret" }],
      examples: [
        "carewire subscriptions create --name EMR --endpoint-url https://emr.example.com/hooks --events 'appointment.*'",
        'carewire subscriptions create --name big --endpoint-url https://… --data \'filter={"amount":{"$gte":100}}\' --data max_retries=3',
      ],
      run: (context, _args, given) =>
        context.api()({ method: "POST", path: "/v1/subscriptions", body: bodyOf(given) }),
    },
    {
      name: "update",
      args: "<id>",
      description: "change some fields; the others stay",
      options: fieldOptions,
      examples: ["carewire subscriptions update sub_01k… --events order.paid,order.refunded"],
      run: (context, [id = ""], given) =>
        context.api()({
          method: "PATCH",
          path: `/v1/subscriptions/${encodeURIComponent(id)}`,
          body: bodyOf(given),
        }),
    },
    {
      name: "pause",
      args: "<id>",
      description: "hold its deliveries",
      examples: ["carewire subscriptions pause sub_01k…"],
      run: onOne("pause"),
    },
    {
      name: "resume",
      args: "<id>",
      description: "release what was held",
      examples: ["carewire subscriptions resume sub_01k…"],
      run: onOne("resume"),
    },
    {
      name: "ping",
      args: "<id>",
      description: "send a webhook.ping and wait for what comes of it",
      examples: ["carewire subscriptions ping sub_01k…"],
      run: onOne("ping"),
    },
    {
      name: "test",
      args: "<id>",
      description: "send the example of an event type and wait for what comes of it",
      options: [{ flags: "--type <type>", description: "event type", isRequired: true }],
      examples: ["carewire subscriptions test sub_01k… --type order.paid"],
      run: async (context, [id = ""], given) =>
        context.client().subscriptions.test(id, { type: text(given.type) ?? "" }),
    },
    {
      name: "stats",
      args: "<id>",
      description: "how its deliveries have been going",
      examples: ["carewire subscriptions stats sub_01k…"],
      run: onOne("stats"),
    },
    {
      name: "secret",
      args: "<id>",
      description: "print its signing secret; audited",
      examples: ["carewire subscriptions secret sub_01k…"],
      run: async (context, [id = ""]) => context.client().subscriptions.getSecret(id),
      printsSecret: true,
    },
    {
      name: "rotate-secret",
      args: "<id>",
      description: "a new signing secret; the one before signs along meanwhile",
      options: [
        {
          flags: "--overlap-seconds <seconds>",
          description: "how long the old one signs along; default a day",
          parse: wholeNumber(0, 604_800),
        },
        { flags: "--print-secret", description: "show the new secret" },
      ],
      examples: ["carewire subscriptions rotate-secret sub_01k… --print-secret"],
      run: async (context, [id = ""], given) => {
        const seconds = number(given.overlapSeconds);
        return context
          .client()
          .subscriptions.rotateSecret(id, seconds === undefined ? {} : { overlap_seconds: seconds });
      },
    },
    {
      name: "delete",
      args: "<id>",
      description: "remove it; what waits for it is cancelled",
      examples: ["carewire subscriptions delete sub_01k…"],
      run: async (context, [id = ""]) => {
        await context.client().subscriptions.remove(id);
        return { id, deleted: true };
      },
    },
  ],
};
