import type { CommandContext } from "../command-context.ts";
import { queryOf } from "./query.ts";
import {
  type Given,
  type OptionSpec,
  pageOptions,
  type ResourceGroup,
  text,
  timeOptions,
} from "./resource-command.ts";

const filterOptions: readonly OptionSpec[] = [
  { flags: "--topic <topic>", description: "internal topic" },
  { flags: "--consumer <name>", description: "the handler that failed" },
  {
    flags: "--cause <cause>",
    description: "schema, handler, malformed, unreadable, lookup_failed, poison, expired",
  },
  ...timeOptions,
];

const statuses = ["open", "retrying", "resolved", "discarded", "all"] as const;
const names = { topic: "topic", consumer: "consumer", cause: "cause", reason: "reason", status: "status" };
const pathOf = (id: string) => `/admin/dlq/${encodeURIComponent(id)}`;

/** One request after the other, each going on where the one before stopped: the sum of what they took. */
const bulk =
  (action: "retry" | "discard") => async (context: CommandContext, _args: string[], given: Given) => {
    const { reason, ...filter } = queryOf(given, names);
    const isDryRun = given.dryRun === true;
    const body = { filter, dry_run: isDryRun, ...(reason === undefined ? {} : { reason }) };
    const request = (more: object) =>
      context.admin()({ method: "POST", path: `/admin/dlq/${action}`, body: { ...body, ...more } });
    let sum = await request({});
    while (!isDryRun && sum.next_cursor !== null && !context.interrupted.aborted) {
      const step = await request({ cursor: sum.next_cursor });
      sum = {
        ...sum,
        taken: Number(sum.taken) + Number(step.taken),
        skipped: Number(sum.skipped) + Number(step.skipped),
        next_cursor: step.next_cursor,
      };
    }
    return sum;
  };

const dryRun: OptionSpec = { flags: "--dry-run", description: "only say how many" };

export const dlq: ResourceGroup = {
  name: "dlq",
  description: "dead letters: what internal consumers could not handle (needs dlq:read, to act dlq:write)",
  commands: [
    {
      name: "list",
      description: "dead letters, newest first",
      options: [
        ...filterOptions,
        { flags: "--status <status>", description: "their state; default open", choices: statuses },
        ...pageOptions,
      ],
      examples: ["carewire dlq list --cause handler --since 1d"],
      run: (context, _args, given) =>
        context.admin()({ method: "GET", path: "/admin/dlq", query: queryOf(given, names) }),
      columns: [
        ["ID", (row) => row.id],
        ["TOPIC", (row) => row.topic],
        ["CONSUMER", (row) => row.consumer],
        ["CAUSE", (row) => row.cause],
        ["STATUS", (row) => row.status],
        ["ERROR", (row) => row.error],
      ],
    },
    {
      name: "depth",
      description: "how many there are, and whether that is too many",
      examples: ["carewire dlq depth"],
      run: (context) => context.admin()({ method: "GET", path: "/admin/dlq/depth" }),
    },
    {
      name: "groups",
      description: "dead letters by cause",
      options: filterOptions,
      examples: ["carewire dlq groups"],
      run: (context, _args, given) =>
        context.admin()({ method: "GET", path: "/admin/dlq/groups", query: queryOf(given, names) }),
    },
    {
      name: "get",
      args: "<id>",
      description: "one dead letter, its payload masked",
      examples: ["carewire dlq get dlq_01k…"],
      run: (context, [id = ""]) => context.admin()({ method: "GET", path: pathOf(id) }),
    },
    {
      name: "retry",
      args: "<id>",
      description: "send it to the consumer that failed once more",
      examples: ["carewire dlq retry dlq_01k…"],
      run: (context, [id = ""]) => context.admin()({ method: "POST", path: `${pathOf(id)}/retry`, body: {} }),
    },
    {
      name: "discard",
      args: "<id>",
      description: "give it up, with a reason that is kept",
      options: [{ flags: "--reason <text>", description: "why; no patient data", isRequired: true }],
      examples: ["carewire dlq discard dlq_01k… --reason 'sent twice by the provider'"],
      run: (context, [id = ""], given) =>
        context.admin()({ method: "DELETE", path: pathOf(id), body: { reason: text(given.reason) } }),
    },
    {
      name: "retry-all",
      description: "retry all that passes the filter",
      options: [...filterOptions, dryRun],
      examples: ["carewire dlq retry-all --consumer doctors.profiles --dry-run"],
      run: bulk("retry"),
    },
    {
      name: "discard-all",
      description: "discard all that passes the filter",
      options: [
        ...filterOptions,
        dryRun,
        { flags: "--reason <text>", description: "why; no patient data", isRequired: true },
      ],
      examples: ["carewire dlq discard-all --cause malformed --reason 'old test data' --dry-run"],
      run: bulk("discard"),
    },
  ],
};
