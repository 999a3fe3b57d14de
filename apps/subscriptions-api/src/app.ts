import type { Acceptor, Vault } from "@carewire/bus";
import { apiContract, batchBytesMax } from "@carewire/contracts";
import { buildOpenApiDocument } from "@carewire/contracts/openapi";
import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import {
  type Authenticator,
  createCursors,
  createRequestDeadline,
  createRequestLimit,
  createWorkLimit,
  type EgressGuard,
  mountContract,
  mountDocs,
  shapeProblems,
} from "@carewire/service-kit";
import type { Express } from "express";
import type { PortalPlace } from "./access-links/access-link-url.ts";
import { createCreateAccessLink } from "./access-links/create-access-link.ts";
import { createCreateSession } from "./access-links/create-session.ts";
import { createSessionRoutes } from "./access-links/session-routes.ts";
import { createAccountRoutes } from "./accounts/account-routes.ts";
import { createApiKeyRoutes } from "./api-keys/api-key-routes.ts";
import { createListAudit } from "./audit/list-audit.ts";
import { createVerifyAudit } from "./audit/verify-audit.ts";
import { ekaProblem } from "./compat/eka/eka-problem.ts";
import { createEkaRoutes } from "./compat/eka/eka-routes.ts";
import { mycureProblem } from "./compat/mycure/mycure-problem.ts";
import { createMycureRoutes } from "./compat/mycure/mycure-routes.ts";
import { createCustomerRoutes } from "./customers/customer-routes.ts";
import { createCancelDelivery } from "./deliveries/cancel-delivery.ts";
import { createGetDelivery } from "./deliveries/get-delivery.ts";
import { createListAttempts } from "./deliveries/list-attempts.ts";
import { createListDeliveries } from "./deliveries/list-deliveries.ts";
import { createGetDoctor } from "./doctor/get-doctor.ts";
import { createPublishEnvelope } from "./envelopes/publish-envelope.ts";
import { createEventTypeRoutes } from "./event-types/event-type-routes.ts";
import { createTypeSchemas } from "./event-types/type-schemas.ts";
import { createGetEvent } from "./events/get-event.ts";
import { createListEvents } from "./events/list-events.ts";
import { createPublishBatch } from "./events/publish-batch.ts";
import { createPublishEvent } from "./events/publish-event.ts";
import { createLeadRoutes } from "./leads/lead-routes.ts";
import { type ApiLimits, requestsMaxFor } from "./limits.ts";
import { createGetLineage } from "./lineage/get-lineage.ts";
import { createErasePayload } from "./payloads/erase-payload.ts";
import { createReplayRoutes } from "./replays/replay-routes.ts";
import { batchRequestsMax, createRequestShares } from "./request-shares.ts";
import { createResourceRoutes } from "./resources/resource-routes.ts";
import type { Live } from "./streams/create-live.ts";
import { mountStream } from "./streams/delivery/mount-stream.ts";
import { createReportOutcomes } from "./streams/delivery/report-outcomes.ts";
import { mountTail } from "./streams/tail/mount-tail.ts";
import { createCreateSubscription } from "./subscriptions/create-subscription.ts";
import { createGetSecret } from "./subscriptions/get-secret.ts";
import { createGetSubscription } from "./subscriptions/get-subscription.ts";
import { createListSubscriptions } from "./subscriptions/list-subscriptions.ts";
import { createPauseSubscription, createResumeSubscription } from "./subscriptions/pause-and-resume.ts";
import { createPingSubscription } from "./subscriptions/probes/ping-subscription.ts";
import { createTestSubscription } from "./subscriptions/probes/test-subscription.ts";
import { createRemoveSubscription } from "./subscriptions/remove-subscription.ts";
import { createRotateSecret } from "./subscriptions/rotate-secret.ts";
import { createGetStats } from "./subscriptions/stats/get-stats.ts";
import { createUpdateSubscription } from "./subscriptions/update-subscription.ts";
import { createCheckUrl } from "./subscriptions/url-check/check-url.ts";
import { timeoutsOf } from "./timeouts.ts";
import { createTurns } from "./turns.ts";

/** What the API is made of. */
export interface ApiDeps {
  sql: Sql;
  /** For who calls and what publishing asks; apart from `sql`, so that slow lists hold up neither. */
  callersSql: Sql;
  /** Sees every organization; for what is for the platform's operators only. */
  platformSql: Sql;
  vault: Vault;
  clock: Clock;
  /** Stores single events and envelopes. */
  acceptor: Acceptor;
  /** Stores batches; apart from `acceptor`, so that a few large batches cannot hold up single events. */
  batchAcceptor: Acceptor;
  guard: EgressGuard;
  /** Returns that many random bytes. */
  random: (byteCount: number) => Uint8Array;
  authenticator: Authenticator;
  portal: PortalPlace;
  limits: ApiLimits;
  /** What keeps open connections going. */
  live: Live;
  /** Called where crash tests may end this process; see `StoreDeps`. */
  failpoint?: (name: string) => void;
  /** Folder of the docs page's files; see `findDocsAssets`. */
  docsAssetsFolder: string;
  /** After this long a request without an answer is given up; default 20,000. */
  requestTimeoutMs?: number;
  /** How long a ping or test waits for its outcome: longer than an attempt may take; default 18,000. */
  probeTimeoutMs?: number;
}

const defaults = timeoutsOf(15_000);
/** Each is empty, and those that open have limits of their own; so many may ask to at a time. */
const openRequestsMax = 2_000;

/** As many outcomes as a stream may have under way, each with an answer as long as is kept, its headers and its lease. */
const reportBytesMax = 2 * 1024 * 1024;

/** Counting what there is to replay keeps a connection busy for seconds. */
const countsMax = 4;

/** Of every path that needs a key: ours, and those of products whose interface we answer too. */
const prefixes = ["/v1", "/dr/v1", "/webhook-events", "/notification/v1"];

/** Adds every route of subscriptions-api to an express app. */
export function mountApi(app: Express, deps: ApiDeps): void {
  const { authenticate, authenticateSignIn, forgetSession } = deps.authenticator;
  const withCursors = { ...deps, cursors: createCursors(deps) };
  const forCallers = { ...deps, sql: deps.callersSql };
  const typeSchemas = createTypeSchemas(forCallers);
  const publishing = { ...forCallers, typeSchemas, nextTurn: createTurns() };
  const withProbes = { ...deps, probeTimeoutMs: deps.probeTimeoutMs ?? defaults.probeTimeoutMs };
  const { publish, publishBatch, ...events } = apiContract.events;
  const { create: signIn, ...sessions } = apiContract.sessions;
  const { ping, test, checkUrl, ...subscriptions } = apiContract.subscriptions;
  const { streams, mycure, ...contract } = apiContract;
  const shares = createRequestShares(deps.limits);
  mountDocs(app, { describe: buildOpenApiDocument, assetsFolder: deps.docsAssetsFolder });
  app.use(prefixes, (_req, res, next) => {
    // Answers hold secrets and payloads; no proxy or browser may keep them.
    res.setHeader("cache-control", "no-store");
    next();
  });
  app.use("/webhook-events", shapeProblems(mycureProblem));
  app.use("/notification/v1", shapeProblems(ekaProblem));
  app.use(prefixes, createRequestDeadline(deps.requestTimeoutMs ?? defaults.requestTimeoutMs));
  // Before the limit for what carries a body: these stay open for hours and would use it up.
  app.get(["/v1/subscriptions/:id/stream", "/v1/tail"], createRequestLimit(openRequestsMax));
  mountStream(app, { ...deps, authenticate, ...deps.live });
  mountTail(app, { authenticate, clock: deps.clock, ...deps.live });
  app.use(prefixes, createRequestLimit(requestsMaxFor(deps.limits)));
  mountContract({
    app,
    authenticate,
    beforeBody: shares.batches,
    bodyBytesMax: batchBytesMax,
    contract: { publishBatch },
    router: {
      publishBatch: createPublishBatch({
        ...{ ...publishing, acceptor: deps.batchAcceptor },
        publishing: createWorkLimit(batchRequestsMax),
      }),
    },
  });
  mountContract({
    app,
    authenticate,
    beforeBody: shares.probes,
    contract: { ping, test, checkUrl, mycure },
    router: {
      ping: createPingSubscription(withProbes),
      test: createTestSubscription(withProbes),
      checkUrl: createCheckUrl(deps),
      mycure: createMycureRoutes(withProbes),
    },
  });
  mountContract({
    app,
    authenticate,
    beforeBody: shares.reports,
    bodyBytesMax: reportBytesMax,
    contract: { streams },
    router: {
      streams: {
        report: createReportOutcomes({ ...deps, random: deps.live.random, settings: deps.live.settings }),
      },
    },
  });
  mountContract({
    app,
    authenticate: authenticateSignIn,
    beforeBody: shares.others,
    bodyBytesMax: 1_024,
    contract: { signIn },
    router: { signIn: createCreateSession(forCallers) },
  });
  mountContract({
    app,
    authenticate,
    beforeBody: shares.others,
    bodyBytesMax: deps.limits.eventBytesMax,
    contract: { publish },
    router: { publish: createPublishEvent(publishing) },
  });
  mountContract({
    app,
    authenticate,
    beforeBody: shares.others,
    contract: { ...contract, events, sessions, subscriptions },
    router: {
      events: {
        list: createListEvents(withCursors),
        get: createGetEvent(deps),
      },
      eventTypes: createEventTypeRoutes({ ...withCursors, typeSchemas }),
      customers: createCustomerRoutes(deps),
      leads: createLeadRoutes(withCursors),
      resources: createResourceRoutes(deps),
      payloads: { erase: createErasePayload(deps) },
      envelopes: { publish: createPublishEnvelope(forCallers) },
      subscriptions: {
        create: createCreateSubscription(deps),
        list: createListSubscriptions(withCursors),
        get: createGetSubscription(deps),
        update: createUpdateSubscription(deps),
        remove: createRemoveSubscription(deps),
        getSecret: createGetSecret(deps),
        rotateSecret: createRotateSecret(deps),
        pause: createPauseSubscription(deps),
        resume: createResumeSubscription(deps),
        stats: createGetStats(deps),
      },
      doctor: { get: createGetDoctor(deps) },
      deliveries: {
        list: createListDeliveries(withCursors),
        get: createGetDelivery(deps),
        listAttempts: createListAttempts(withCursors),
        cancel: createCancelDelivery(deps),
      },
      replays: createReplayRoutes({ ...withCursors, counting: createWorkLimit(countsMax) }),
      lineage: { get: createGetLineage(deps) },
      accounts: createAccountRoutes(withCursors),
      apiKeys: createApiKeyRoutes(withCursors),
      accessLinks: { create: createCreateAccessLink(deps) },
      sessions: createSessionRoutes({ ...forCallers, forgetSession }),
      audit: { list: createListAudit(withCursors), verify: createVerifyAudit(deps) },
      eka: createEkaRoutes(deps),
    },
  });
}
