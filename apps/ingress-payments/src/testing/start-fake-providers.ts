import type { Clock } from "@carewire/envelope";
import { createEgressGuard, createHttpClient } from "@carewire/service-kit";
import {
  type FakeMtnMomo,
  type FakeOrangeMoney,
  startFakeMtnMomo,
  startFakeOrangeMoney,
} from "@carewire/testkit";
import type { MobileMoneyProvider } from "../mobile-money/payment.ts";
import type { ReadStatus } from "../mobile-money/status-reading.ts";
import { createAskMtnMomo } from "../providers/mtn-momo/ask-status.ts";
import { createAskOrangeMoney } from "../providers/orange-money/ask-status.ts";

const orangeClient = { clientId: "orange-client", clientSecret: "orange-secret" };
const mtnClient = { apiUser: "mtn-user", apiKey: "mtn-key", subscriptionKey: "mtn-subscription" };
const timeoutMs = 1_000;

/** Both providers' APIs as local servers, and what asks them. */
export interface FakeProviders {
  orange: FakeOrangeMoney;
  mtn: FakeMtnMomo;
  asks: Record<MobileMoneyProvider, ReadStatus>;
  close(): Promise<void>;
}

export async function startFakeProviders(clock: Clock): Promise<FakeProviders> {
  const [orange, mtn] = await Promise.all([startFakeOrangeMoney(orangeClient), startFakeMtnMomo(mtnClient)]);
  const http = createHttpClient({
    guard: createEgressGuard({ policy: { environment: "local" } }),
    timeoutMs,
  });
  const orangeSettings = { ...orangeClient, url: orange.url, environment: "dev" };
  const mtnSettings = { ...mtnClient, url: mtn.url, targetEnvironment: "sandbox" };
  return {
    orange,
    mtn,
    asks: {
      "orange-money": createAskOrangeMoney({ http, clock, settings: orangeSettings }),
      "mtn-momo": createAskMtnMomo({ http, clock, settings: mtnSettings }),
    },
    async close() {
      await Promise.all([orange.close(), mtn.close(), http.close()]);
    },
  };
}
