import type { Clock } from "@carewire/envelope";
import { createEgressGuard, createHttpClient, type HttpClient } from "@carewire/service-kit";
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
const guard = createEgressGuard({ policy: { environment: "local" } });

/** Both providers' APIs as local servers, and what asks them. */
export interface FakeProviders {
  orange: FakeOrangeMoney;
  mtn: FakeMtnMomo;
  asks: Record<MobileMoneyProvider, ReadStatus>;
  /** Waits a second for an answer, where the others wait as long as a busy machine may need. */
  hastyAsks: Record<MobileMoneyProvider, ReadStatus>;
  close(): Promise<void>;
}

export async function startFakeProviders(clock: Clock): Promise<FakeProviders> {
  const [orange, mtn] = await Promise.all([startFakeOrangeMoney(orangeClient), startFakeMtnMomo(mtnClient)]);
  const [http, hastyHttp] = [60_000, 1_000].map((timeoutMs) => createHttpClient({ guard, timeoutMs })) as [
    HttpClient,
    HttpClient,
  ];
  const orangeSettings = { ...orangeClient, url: orange.url, environment: "dev" };
  const mtnSettings = { ...mtnClient, url: mtn.url, targetEnvironment: "sandbox" };
  const asksBy = (client: HttpClient) => ({
    "orange-money": createAskOrangeMoney({ http: client, clock, settings: orangeSettings }),
    "mtn-momo": createAskMtnMomo({ http: client, clock, settings: mtnSettings }),
  });
  return {
    orange,
    mtn,
    asks: asksBy(http),
    hastyAsks: asksBy(hastyHttp),
    async close() {
      await Promise.all([orange.close(), mtn.close(), http.close(), hastyHttp.close()]);
    },
  };
}
