import type { CommandContext } from "../command-context.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { defaultName, findOrCreateSubscription, type StreamSubscription } from "./find-subscription.ts";
import { forward } from "./forward.ts";
import { createListenLines } from "./listen-lines.ts";
import { runSession } from "./listen-session.ts";
import { createOutcomeReporter, type Settled } from "./outcome-reporter.ts";

export interface ListenOptions {
  forwardTo: string;
  events?: string[];
  name?: string;
  printSecret?: boolean;
  maxInFlight: number;
}

const secretMask = "whsec_******** (--print-secret shows it)";

/** Where to forward to; a bare port is this machine's. */
function targetOf(given: string): URL {
  const text = /^\d{1,5}$/.test(given)
    ? `http://localhost:${given}`
    : given.includes("://")
      ? given
      : `http://${given}`;
  const target = URL.canParse(text) ? new URL(text) : null;
  if (target === null || !/^https?:$/.test(target.protocol)) {
    throw new CliError(
      `--forward-to ${given}: give an address such as http://localhost:3000/webhooks`,
      exitCodes.usage,
    );
  }
  return target;
}

/** The signing secret; null when the key may not read it, or the API has no time for it: forwarding goes on without. */
async function readSecret(context: CommandContext, id: string): Promise<string | null> {
  try {
    const { secret } = await context.api()({ method: "GET", path: `/v1/subscriptions/${id}/secret` });
    return typeof secret === "string" ? secret : null;
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}

/** In a terminal its owner sees the secret; what is piped somewhere shows it only when that was asked for. */
async function introduce(
  context: CommandContext,
  subscription: StreamSubscription,
  target: URL,
  options: ListenOptions,
): Promise<void> {
  const { output } = context;
  const isShown = options.printSecret === true || (output.isTerminal && !output.json);
  const secret = isShown ? await readSecret(context, subscription.id) : null;
  const { colors } = output;
  const { id, name, events } = subscription;
  const shown = { subscription_id: id, name, events, forward_to: target.href };
  output.event({ kind: "ready", ...shown, ...(secret === null ? {} : { secret }) }, () =>
    [
      `${colors.green("Ready.")} ${subscription.isNew ? "New subscription" : "Subscription"} ${id} (${name})`,
      `  events        ${events.join(", ")}`,
      `  forwarded to  ${target.href}`,
      `  secret        ${secret ?? (isShown ? "not shown: it could not be read, which takes the scope secrets:read" : secretMask)}`,
    ].join("\n"),
  );
}

/** `carewire listen`: real deliveries for a receiver on this machine, over a connection that goes out. */
export async function listen(context: CommandContext, options: ListenOptions): Promise<void> {
  const target = targetOf(options.forwardTo);
  const name = options.name ?? defaultName(context.hostname, context.settings.profile);
  const subscription = await findOrCreateSubscription(context, { name, events: options.events });
  const lines = createListenLines(context);
  const api = context.api();
  const reporter = createOutcomeReporter({
    sleep: context.sleep,
    onSettled: lines.settled,
    onRefused: (error) => context.output.note(`An outcome was refused: ${error.message}`),
    async send(outcomes) {
      const path = `/v1/subscriptions/${subscription.id}/stream/outcomes`;
      return (await api({ method: "POST", path, body: { outcomes } })) as unknown as { data: Settled[] };
    },
  });
  let isAgain = false;
  await runSession({
    context,
    subscriptionId: subscription.id,
    inFlightMax: options.maxInFlight,
    reporter,
    forward: (delivery) => forward(target, delivery, () => performance.now()),
    async onReady() {
      if (isAgain) return lines.ready(true);
      isAgain = true;
      await introduce(context, subscription, target, options);
    },
    onDelivery: lines.request,
    onAnswer: lines.answer,
    onLost: lines.reconnecting,
  });
}
