import type { Consumption } from "@carewire/bus";
import type { HttpClient, SharedConsumeOptions } from "@carewire/service-kit";
import type { MtnMomoSettings, OrangeMoneySettings } from "./mobile-money/settings.ts";
import { type LookObserver, startPoller } from "./mobile-money/start-poller.ts";
import { createAskMtnMomo } from "./providers/mtn-momo/ask-status.ts";
import { createAskOrangeMoney } from "./providers/orange-money/ask-status.ts";

export interface PollerDeps {
  /** Whose credentials the settings are. */
  organizationId: string;
  http: HttpClient;
  /** Null: the provider is off, and its payments wait. */
  orangeMoney: OrangeMoneySettings | null;
  mtnMomo: MtnMomoSettings | null;
  observe: LookObserver;
}

type SharedPollerOptions = Pick<
  SharedConsumeOptions,
  "sql" | "vault" | "publisher" | "waker" | "clock" | "logger" | "failpoint"
> & { intervalMs?: number };

/** Starts looking at the payments of the providers that are on. */
export function startPollers(
  { sql, vault, publisher, waker, clock, logger, failpoint, intervalMs }: SharedPollerOptions,
  { organizationId, http, orangeMoney, mtnMomo, observe }: PollerDeps,
): Consumption[] {
  const shared = {
    sql,
    vault,
    publisher,
    waker,
    clock,
    logger,
    failpoint,
    intervalMs,
    organizationId,
    observe,
  };
  const pollers: Consumption[] = [];
  if (orangeMoney) {
    pollers.push(
      startPoller({
        ...shared,
        provider: "orange-money",
        readStatus: createAskOrangeMoney({ http, clock, settings: orangeMoney }),
        livemode: orangeMoney.environment !== "dev",
      }),
    );
  }
  if (mtnMomo) {
    pollers.push(
      startPoller({
        ...shared,
        provider: "mtn-momo",
        readStatus: createAskMtnMomo({ http, clock, settings: mtnMomo }),
        livemode: mtnMomo.targetEnvironment !== "sandbox",
      }),
    );
  }
  return pollers;
}
