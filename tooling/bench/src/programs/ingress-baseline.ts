import { newId, systemClock } from "@carewire/envelope";
import { createLogger, createMetrics, runService } from "@carewire/service-kit";
import {
  bindProvider,
  createAddressList,
  createIngress,
  createSourceRules,
  createTlsRule,
  type InboundProvider,
} from "@carewire/service-kit/ingress";
import { type HmacKey, parseStripeSecret, verifyStripe } from "@carewire/verifiers";
import { answerRequests } from "../processes/answer-requests.ts";

/** As the payments ingress declares it, for the one kind of event that the load generator sends. */
const stripe: InboundProvider<HmacKey> = {
  provider: "stripe",
  path: "/api/webhooks/stripe",
  methods: ["post"],
  contentTypes: ["application/json"],
  bodyBytesMax: 1_048_576,
  keyTtlDays: 31,
  keptHeaders: ["stripe-account", "stripe-version", "idempotency-key"],
  fallbackTopic: "cari.stripe.event_recorded",
  parseSecret: parseStripeSecret,
  verify: verifyStripe,
  toEnvelopes({ rawBody, body, nowMs }) {
    const key = String(body.id);
    const envelope = {
      topic: "cari.stripe.invoice_paid",
      key,
      occurredAt: new Date(nowMs),
      payload: rawBody,
    };
    return { ok: true, externalId: key, envelopes: [envelope] };
  },
};

const api = {
  /** Serves the ingress pipeline, everything but the database. Returns its base URL. */
  async serve({ secret }: { secret: string }): Promise<string> {
    const service = "ingress-baseline";
    const logger = createLogger({ service, level: "error" });
    const metrics = createMetrics({ service });
    const providers = [bindProvider(stripe, [secret])];
    const trustedProxies = createAddressList([], "trusted proxy");
    const sourceId = newId(systemClock.now());
    const ingress = createIngress({
      service,
      organizationId: newId(systemClock.now()),
      providers,
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
