import { newId, systemClock } from "@carewire/envelope";
import { createLogger, createMetrics, runService } from "@carewire/service-kit";
import {
  createAddressList,
  createIngress,
  createSourceRules,
  createTlsRule,
} from "@carewire/service-kit/ingress";
import { allFamilies, type FamilyName } from "../families/all-families.ts";
import { answerRequests } from "../processes/answer-requests.ts";

const api = {
  /** Serves the ingress pipeline, everything but the database. Returns its base URL. */
  async serve({ family }: { family: FamilyName }): Promise<string> {
    const service = "ingress-baseline";
    const logger = createLogger({ service, level: "error" });
    const metrics = createMetrics({ service });
    const providers = [allFamilies[family].provider];
    const trustedProxies = createAddressList([], "trusted proxy");
    const sourceId = newId(systemClock.now());
    const ingress = createIngress({
      service,
      organizationId: newId(systemClock.now()),
      providers,
      isKnown: async () => true,
      acceptor: {
        submit: async ({ events }) =>
          events.map(({ draft }) => ({ status: "accepted" as const, eventId: draft.id })),
        drain: async () => {},
      },
      sources: { idOf: async () => sourceId },
      keepMalformed: async () => {
        throw new Error("the load generator sends nothing malformed");
      },
      tlsRule: createTlsRule({ required: false, trustedProxies }),
      sourceRules: createSourceRules({
        config: {},
        providers,
        trustedProxies,
        clientCertificateHeader: "x-client-certificate",
        clock: systemClock,
      }),
      clock: systemClock,
      metrics,
      logger,
      failpoint: () => {},
    });
    const running = await runService({
      name: service,
      port: 0,
      host: "127.0.0.1",
      logger,
      metrics,
      readiness: {},
      routes: ingress.mount,
    });
    return running.url;
  },
};

/** What the baseline can be asked. */
export type IngressBaselineApi = typeof api;

answerRequests(api);
