import { setTimeout as sleep } from "node:timers/promises";
import type { Consumption } from "@carewire/bus";
import type { Metrics } from "@carewire/service-kit";
import { type LookDeps, lookAtPayment } from "./look-at-payment.ts";
import type { MobileMoneyProvider, PaymentRow } from "./payment.ts";
import { claimDue, releaseClaim } from "./payment-store.ts";

export interface PollerOptions extends LookDeps {
  /** Whose credentials the provider is asked with. */
  organizationId: string;
  provider: MobileMoneyProvider;
  observe: LookObserver;
  /** Payments looked at at the same time; default 8. */
  concurrency?: number;
  /** Between two looks for due payments; default 1,000. */
  intervalMs?: number;
  /** How long a payment is left to its worker; longer than a look can take; default 60,000. */
  leaseMs?: number;
}

/** Told about every look; `outcome` is what the payment is after it. */
export type LookObserver = (provider: MobileMoneyProvider, outcome: string) => void;

/** Counts looks by provider and what they came to. */
export function createLookMetrics(metrics: Metrics): LookObserver {
  const looks = metrics.counter({
    name: "carewire_mobile_money_looks_total",
    help: "Status reads of mobile money payments by provider and what the payment was after it.",
    labelNames: ["provider", "outcome"],
  });
  return (provider, outcome) => looks.inc({ provider, outcome });
}

/** Never rejects. A look that was given up leaves the payment due; one that was not recorded, until its lease is over. */
async function look(options: PollerOptions, payment: PaymentRow, signal: AbortSignal): Promise<void> {
  const { sql, logger, provider, observe } = options;
  try {
    const outcome = await lookAtPayment(options, payment, signal);
    observe(provider, outcome);
    if (outcome !== "expired" || payment.state === "expired") return;
    const { id: payment_id, organization_id } = payment;
    logger.warn({ payment_id, organization_id, provider }, "a payment's outcome never became known");
  } catch (err) {
    if (signal.aborted) return await releaseClaim(sql, payment).catch(() => {});
    observe(provider, "unrecorded");
    logger.error({ payment_id: payment.id, provider, err }, "a look at a payment was not recorded");
  }
}

/**
 * Looks at an organization's due payments of one provider until `stop`; runs beside the consumers and stops like one. Any
 * number of workers may do so at once. Each provider has slots of its own, so that one that hangs does not hold up the other.
 */
export function startPoller(options: PollerOptions): Consumption {
  const { sql, clock, logger, organizationId, provider } = options;
  const { concurrency = 8, intervalMs = 1_000, leaseMs = 60_000 } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Set<Promise<void>>();

  /** Fills free slots; resolves to whether there may be more to do. */
  async function fill(): Promise<boolean> {
    const limit = concurrency - running.size;
    if (limit <= 0) return false;
    const due = await claimDue(sql, { organizationId, provider, now: new Date(clock.now()), leaseMs, limit });
    for (const payment of due) {
      const looking: Promise<void> = look(options, payment, signal).finally(() => running.delete(looking));
      running.add(looking);
    }
    return due.length === limit;
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const isMore = await fill().catch((err: unknown) => {
        logger.error({ provider, err }, "due payments could not be looked for");
        return false;
      });
      const pause = sleep(intervalMs, undefined, { signal }).catch(() => {});
      await (isMore ? Promise.race([...running, pause]) : pause);
    }
  }

  const polling = run();
  return {
    registered: Promise.resolve(),
    inFlight: () => running.size,
    async stop() {
      stopping.abort();
      await polling;
      await Promise.all(running);
    },
  };
}
