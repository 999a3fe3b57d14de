import { readEventStream } from "../api/read-event-stream.ts";
import type { CommandContext } from "../command-context.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import type { ForwardOutcome } from "./forward.ts";
import type { OutcomeReporter } from "./outcome-reporter.ts";
import type { StreamedDelivery } from "./streamed-delivery.ts";

export interface SessionDeps {
  context: CommandContext;
  subscriptionId: string;
  inFlightMax: number;
  reporter: OutcomeReporter;
  forward(delivery: StreamedDelivery): Promise<ForwardOutcome>;
  onReady(): void;
  onDelivery(delivery: StreamedDelivery): void;
  onAnswer(delivery: StreamedDelivery, outcome: ForwardOutcome): void;
  onLost(retryMs: number): void;
}

const backoffMsMin = 200;
const backoffMsMax = 5_000;
const stopMsMax = 5_000;

/** Why the server ended the stream. */
function errorOfEnd(reason: unknown): CliError | null {
  switch (reason) {
    case "replaced":
      return new CliError(
        "Another carewire listen with this name has taken over. Give --name to run two beside each other.",
        exitCodes.failed,
      );
    case "gone":
      return new CliError("The subscription was deleted.", exitCodes.notFound);
    case "unauthorized":
      return new CliError("The API key was revoked or has expired.", exitCodes.unauthorized);
    default:
      return null;
  }
}

/**
 * Receives deliveries and forwards each one, until it is interrupted. A lost connection is opened again, with what was on
 * its way not forwarded twice: it comes again under a new lease, and the answer counts for that. Rejects when the stream
 * is somebody else's or nobody's.
 */
export async function runSession(deps: SessionDeps): Promise<void> {
  const { context, subscriptionId, reporter } = deps;
  const { interrupted } = context;
  /** Leases of what is at the receiver right now. */
  const leases = new Map<string, string>();
  const running = new Set<Promise<void>>();
  let ended: CliError | null = null;
  let backoffMs = backoffMsMin;

  async function take(delivery: StreamedDelivery): Promise<void> {
    deps.onDelivery(delivery);
    const outcome = await deps.forward(delivery);
    deps.onAnswer(delivery, outcome);
    const lease = leases.get(delivery.delivery_id) ?? delivery.lease;
    leases.delete(delivery.delivery_id);
    reporter.report(delivery.delivery_id, lease, outcome);
  }

  function receive(delivery: StreamedDelivery): void {
    const { delivery_id: id, lease } = delivery;
    const isHere = leases.has(id) || reporter.renew(id, lease);
    if (!isHere || leases.has(id)) leases.set(id, lease);
    if (isHere) return;
    const work = take(delivery);
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  while (!interrupted.aborted && ended === null) {
    let wasOpen = false;
    try {
      await reporter.flush(stopMsMax, interrupted);
      await readEventStream(context.place(), {
        path: `/v1/subscriptions/${subscriptionId}/stream`,
        query: { max_in_flight: deps.inFlightMax },
        signal: interrupted,
        onMessage({ event, data }) {
          if (event === "ready") {
            wasOpen = true;
            backoffMs = backoffMsMin;
            deps.onReady();
          } else if (event === "delivery") receive(data as unknown as StreamedDelivery);
          else if (event === "end") ended = errorOfEnd(data.reason);
        },
      });
    } catch (error) {
      if (!(error instanceof CliError) || error.exitCode !== exitCodes.unreachable) throw error;
    }
    if (interrupted.aborted || ended !== null) break;
    const retryMs = Math.round(backoffMs * (0.5 + 0.5 * context.random()));
    if (wasOpen || backoffMs === backoffMsMin) deps.onLost(retryMs);
    backoffMs = Math.min(backoffMsMax, backoffMs * 2);
    await context.sleep(retryMs, interrupted);
  }
  const done = new AbortController();
  const settled = Promise.all(running).then(() => reporter.flush(stopMsMax, done.signal));
  await Promise.race([settled, context.sleep(stopMsMax, done.signal)]);
  done.abort();
  // Or asking again and again would keep the program alive for as long as the API is away.
  reporter.stop();
  if (ended !== null) throw ended;
}
