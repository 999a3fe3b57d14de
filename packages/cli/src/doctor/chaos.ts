import type { CommandContext } from "../command-context.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { startChaosReceiver } from "./chaos-receiver.ts";
import { type Tally, tallyOf } from "./tally.ts";

export interface ChaosOptions {
  events: number;
  seconds: number;
}

const eventType = "carewire-selftest.chaos";
const frozenMs = 3_000;
const pollMs = 500;
const batchMax = 500;
const pageMax = 200;

/** The dispatcher of the local stack. Refuses everything else: what follows freezes processes. */
function dispatcherOf({ settings }: CommandContext): number {
  const { demo } = settings;
  const url = settings.need("url");
  if (demo === null || demo.urls["subscriptions-api"] !== url) {
    throw new CliError(
      "--chaos is for the local stack only: run it in a checkout where npm start runs.",
      exitCodes.usage,
    );
  }
  const pid = demo.pids.dispatcher;
  if (pid === undefined || !isAlive(pid)) {
    throw new CliError(
      "The local stack's dispatcher does not run. Start it with: npm start",
      exitCodes.unreachable,
    );
  }
  return pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Freezes the dispatcher for a while, in the middle of its work. */
async function freeze(context: CommandContext, pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  try {
    await context.sleep(frozenMs, context.interrupted);
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

async function publish(context: CommandContext, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let sent = 0; sent < count; sent += batchMax) {
    const events = Array.from({ length: Math.min(batchMax, count - sent) }, (_, i) => ({
      type: eventType,
      data: { n: sent + i },
    }));
    const { data } = await context.client().events.publishBatch({ events });
    for (const one of data) {
      if (!("id" in one)) throw new CliError("The API refused an event of the self-test.", exitCodes.failed);
      ids.push(one.id);
    }
  }
  return ids;
}

/** State of every delivery of the subscription, by its event. */
async function readStates(context: CommandContext, subscriptionId: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const list = context.client().deliveries.list({ subscription_id: subscriptionId, limit: pageMax });
  for await (const delivery of list) found.set(delivery.event_id, delivery.status);
  return found;
}

/**
 * `carewire doctor --chaos`: publishes events to a receiver that fails, hangs and resets, freezes the dispatcher while
 * they are on their way, and says what became of every single one.
 */
export async function chaos(context: CommandContext, { events, seconds }: ChaosOptions): Promise<void> {
  const { output, interrupted } = context;
  const pid = dispatcherOf(context);
  const receiver = await startChaosReceiver(context.random);
  const body = { name: "carewire doctor --chaos", url: receiver.url, events: [eventType] };
  const subscription = await context.api()({ method: "POST", path: "/v1/subscriptions", body });
  const subscriptionId = String(subscription.id);
  try {
    output.note(`Publishing ${events} events to ${receiver.url}, which fails a quarter of them at first.`);
    const [ids] = await Promise.all([publish(context, events), freeze(context, pid)]);
    output.note(
      `The dispatcher stood still for ${frozenMs / 1_000} s in between. Waiting for what becomes of them…`,
    );
    const deadlineMs = context.now() + seconds * 1_000;
    const look = async () =>
      tallyOf({ ids, states: await readStates(context, subscriptionId), taken: receiver.taken });
    let tally = await look();
    while (
      tally.delivered + tally.failed < ids.length &&
      context.now() < deadlineMs &&
      !interrupted.aborted
    ) {
      await context.sleep(pollMs, interrupted);
      tally = await look();
    }
    report(context, tally, receiver.misbehaved());
  } finally {
    await context
      .client()
      .subscriptions.remove(subscriptionId)
      .catch(() => {});
    await receiver.close();
  }
}

function report({ output }: CommandContext, tally: Tally, misbehaved: number): void {
  const { colors } = output;
  const { published, delivered, waiting, failed, unaccounted, unknown } = tally;
  const isWell = unaccounted === 0 && unknown === 0;
  const paint = isWell ? colors.green : colors.red;
  output.result({ ok: isWell, ...tally, misbehaved }, () =>
    [
      paint(`${unaccounted} of ${published} unaccounted`),
      `  ${delivered} delivered, ${waiting} waiting for their next attempt, ${failed} failed`,
      `  the receiver misbehaved ${misbehaved} times`,
      ...(unknown === 0 ? [] : [`  the receiver got ${unknown} that were never acknowledged`]),
    ].join("\n"),
  );
  if (!isWell)
    throw new CliError("The self-test found events that are not accounted for.", exitCodes.checkFailed);
}
