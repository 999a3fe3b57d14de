import { type Command, Option } from "commander";
import { chaos } from "../doctor/chaos.ts";
import { doctor } from "../doctor/doctor.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { listen } from "../listen/listen.ts";
import type { RunCommand } from "../program.ts";
import { type ReplayOptions, replay } from "../replay.ts";
import { type TailOptions, tail } from "../tail.ts";
import { triggerEvent } from "../trigger/trigger-event.ts";
import { listProviderEvents, triggerProvider } from "../trigger/trigger-provider.ts";
import { toleranceSecondsMax, type VerifyCommandOptions, verify, webhookSchemes } from "../verify.ts";
import { login, logout, showConfig } from "./login.ts";
import { migrate } from "./migrate.ts";
import { collect, wholeNumber } from "./option-values.ts";

const examples = (...lines: string[]) =>
  `\nExamples:\n${lines.map((line) => `  $ carewire ${line}`).join("\n")}`;

function addListen(program: Command, run: RunCommand): void {
  const command = program
    .command("listen")
    .description("receive real deliveries on this machine, over a connection that goes out")
    .requiredOption(
      "--forward-to <url>",
      "where your server listens: http://localhost:3000/webhooks, or a port",
    )
    .option("--events <patterns>", "event types and patterns, by commas; default: all, or as before")
    .option("--name <name>", "name of the subscription; default: one per machine and profile")
    .option("--print-secret", "show the signing secret even when the output is no terminal")
    .option("--max-in-flight <number>", "requests at your server at once", wholeNumber(1, 64), 16)
    .addHelpText(
      "after",
      `\nThe subscription stays: its secret is the same on every start, and what happens while nobody listens comes on the\nnext start. Requests are forwarded byte for byte with their signature.\n${examples("listen --forward-to http://localhost:3000/webhooks", "listen --forward-to 3000 --events 'order.*,appointment.created'", "listen --forward-to 3000 --json | jq .")}`,
    );
  command.action(() => {
    const { forwardTo, events, ...more } = command.opts();
    return run(command, (context) =>
      listen(context, { ...more, forwardTo, events: events?.split(",") } as Parameters<typeof listen>[1]),
    );
  });
}

function addTrigger(program: Command, run: RunCommand): void {
  const command = program
    .command("trigger")
    .description("make an event happen: publish one, or send what a provider would send, properly signed")
    .argument("[event]", "an event type, or provider:event")
    .option("--data <data>", "what to change of the example: JSON or path=value; repeatable", collect)
    .option("--subject <subject>", "what the event is about")
    .option("--account <id>", "whose event it is")
    .option("--ingress-url <url>", "the ingress app's address; default: the local stack's")
    .option(
      "--reference <id>",
      "which payment a callback of mobile money is about; default: one nobody waits for",
    )
    .option("--list", "show the providers' events")
    .addHelpText(
      "after",
      examples(
        "trigger stripe:invoice.payment_failed",
        "trigger stripe:charge.refunded --data data.object.amount=500",
        'trigger appointment.created --data appointment_id=a-1 --data \'{"patient_id": "p-1"}\'',
        "trigger --list",
      ),
    );
  command.action((event: string | undefined) => {
    const { data = [], subject, account, ingressUrl, reference, list } = command.opts();
    return run(command, async (context) => {
      if (list === true)
        return context.output.result(listProviderEvents(), () => listProviderEvents().join("\n"));
      if (event === undefined)
        throw new CliError(
          "Say which event: carewire trigger order.paid, or --list for the providers'.",
          exitCodes.usage,
        );
      const [provider = "", name] = event.split(":");
      if (name === undefined) return triggerEvent(context, { type: event, data, subject, account });
      return triggerProvider(context, { provider, event: name, data, ingressUrl, reference });
    });
  });
}

function addLooking(program: Command, run: RunCommand): void {
  const tailing = program
    .command("tail")
    .description("events, deliveries and attempts as they happen; never their payloads")
    .option("--type <patterns>", "event types and patterns, by commas")
    .option("--subscription <id>", "of one subscription")
    .addHelpText("after", examples("tail", "tail --type 'order.*' --json"));
  tailing.action(() => run(tailing, (context) => tail(context, tailing.opts<TailOptions>())));

  const verifying = program
    .command("verify")
    .description("is a saved request genuine, and would a receiver take it")
    .argument("<file>", "headers, an empty line, the body; with -H only the body; - is standard input")
    .requiredOption("--secret <secret>", "whsec_… or whpk_…; repeatable", collect)
    .option("-H, --header <header>", "name: value; repeatable", collect)
    .addOption(
      new Option("--scheme <scheme>", "how it is signed; default: by the headers").choices(webhookSchemes),
    )
    .option("--tolerance <seconds>", "how far its time may be from now", wholeNumber(0, toleranceSecondsMax))
    .option("--at <time>", "as of then, instead of now: a time, or how long ago")
    .addHelpText(
      "after",
      examples(
        "verify request.http --secret whsec_…",
        "verify body.json -H 'webhook-id: evt_1' -H 'webhook-timestamp: 1767225600' -H 'webhook-signature: v1,…' --secret whsec_…",
      ),
    );
  verifying.action((file: string) => {
    const options = verifying.opts<VerifyCommandOptions>();
    return run(verifying, (context) => verify(context, file, options));
  });
}

function addReplay(program: Command, run: RunCommand): void {
  const command = program
    .command("replay")
    .description("send finished deliveries again, in bulk; same message ids")
    .option("--since <time>", "from then on: a time, or how long ago (30m, 2h, 7d)")
    .option("--until <time>", "before then")
    .option(
      "--filter <filter>",
      "JSON or field=value: subscription_id, status, type, response_class; repeatable",
      collect,
    )
    .option("--dry-run", "only count")
    .option("--rate-per-second <number>", "messages per second at most", wholeNumber(1, 1_000))
    .option("--wait", "wait until it is done")
    .addHelpText(
      "after",
      examples(
        "replay --since 2h --filter status=failed --dry-run",
        "replay --since 1d --filter subscription_id=sub_01k… --filter 'type=order.*' --wait",
      ),
    );
  command.action(() => run(command, (context) => replay(context, command.opts() as ReplayOptions)));
}

function addUpkeep(program: Command, run: RunCommand): void {
  const checking = program
    .command("doctor")
    .description(
      "is everything as it should be: configuration, connections, partitions, every delivery, audit chain",
    )
    .option(
      "--chaos",
      "self-test of the local stack: a misbehaving receiver, a dispatcher that stands still; nothing may be lost",
    )
    .option("--events <number>", "events of the self-test", wholeNumber(1, 5_000), 200)
    .option("--seconds <number>", "how long to wait for them at most", wholeNumber(5, 600), 60)
    .addHelpText("after", examples("doctor", "doctor --chaos", "doctor --json"));
  checking.action(() => {
    const { chaos: isChaos, events, seconds } = checking.opts();
    return run(checking, (context) =>
      isChaos === true ? chaos(context, { events, seconds }) : doctor(context),
    );
  });
  const simple = [
    ["migrate", "bring the database of DATABASE_URL up to date (in a checkout)", migrate, "migrate"],
    [
      "login",
      "keep an address and an API key, which is asked for or read from standard input",
      login,
      "login --url https://api.example.com < key.txt",
    ],
    ["logout", "forget them", logout, "logout --profile staging"],
    ["config", "what is set, and where it comes from", showConfig, "config"],
  ] as const;
  for (const [name, description, work, example] of simple) {
    const command = program.command(name).description(description).addHelpText("after", examples(example));
    if (name === "login") command.alias("init");
    command.action(() => run(command, work));
  }
}

/** Adds every command that is not about one resource. */
export function addCommands(program: Command, run: RunCommand): void {
  addListen(program, run);
  addTrigger(program, run);
  addLooking(program, run);
  addReplay(program, run);
  addUpkeep(program, run);
}
