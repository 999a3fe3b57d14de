import { adminSessionContract, dlqContract } from "@carewire/contracts";
import { buildAdminOpenApiDocument } from "@carewire/contracts/openapi";
import {
  type Authenticator,
  createHostCookie,
  createOrganizationLimit,
  createRequestDeadline,
  createRequestLimit,
  type Logger,
  mountContract,
  mountDocs,
  mountWebApp,
} from "@carewire/service-kit";
import type { Express } from "express";
import { createAuthenticateCaller } from "./access/authenticate-caller.ts";
import { createListAudit } from "./audit/list-audit.ts";
import { createVerifyAudit } from "./audit/verify-audit.ts";
import { createDiscardMany, createRetryMany } from "./bulk/bulk-routes.ts";
import { createChangeConsumer } from "./consumers/change-consumer.ts";
import { createListConsumers } from "./consumers/list-consumers.ts";
import { createReplayConsumer } from "./consumers/replay-consumer.ts";
import { createGetDelivery } from "./deliveries/get-delivery.ts";
import { createListDeliveries } from "./deliveries/list-deliveries.ts";
import type { DlqDeps } from "./deps.ts";
import { createDiscardEntry } from "./entries/discard-entry.ts";
import { createGetDepth } from "./entries/get-depth.ts";
import { createGetEntry } from "./entries/get-entry.ts";
import { createListEntries } from "./entries/list-entries.ts";
import { createListGroups } from "./entries/list-groups.ts";
import { createRetryEntry } from "./entries/retry-entry.ts";
import { createGetInbound } from "./inbound/get-inbound.ts";
import { createListInbound } from "./inbound/list-inbound.ts";
import { createReplayInbound } from "./inbound/replay-inbound.ts";
import { createCancelJob } from "./jobs/cancel-job.ts";
import { createCreateJob } from "./jobs/create-job.ts";
import { createReadJobs } from "./jobs/read-jobs.ts";
import { createLineageRoutes } from "./lineage/get-lineage.ts";
import { createListOrganizations } from "./organizations/list-organizations.ts";
import { createGetOverview } from "./overview/get-overview.ts";
import { mountOidc } from "./sessions/oidc/mount-oidc.ts";
import { type OidcSettings, signInPath } from "./sessions/oidc/oidc-settings.ts";
import type { SessionRule } from "./sessions/session.ts";
import { createSessionRoutes, refuseForeignSignIn } from "./sessions/session-routes.ts";
import type { SessionStore } from "./sessions/session-store.ts";
import { createSignedIn } from "./sessions/signed-in.ts";
import { createGetSubscription } from "./subscriptions/get-subscription.ts";
import { createListSubscriptions } from "./subscriptions/list-subscriptions.ts";

export interface AppDeps extends DlqDeps {
  /** Of requests with an API key. */
  authenticate: Authenticator["authenticate"];
  sessionStore: SessionStore;
  sessionRule: SessionRule;
  oidc: OidcSettings | null;
  /** Folder of the web build. */
  pagesFolder: string;
  /** Folder of the API reference's files; see `findDocsAssets`. */
  docsAssetsFolder: string;
  logger: Pick<Logger, "warn">;
  /** After this long a request without an answer is given up; default 20,000. */
  requestTimeoutMs?: number;
}

/** A corrected payload is as large as what an ingress takes, written as JSON text inside of JSON. */
const bodyBytesMax = 4 * 1024 * 1024;
/** Of whoever is connected: 40 MiB at most. */
const signInBytesMax = 4_096;
const signInsMax = 64;
/** Few people work here; at 4 MiB each this is 256 MiB. */
const requestsMax = 64;
const keyedPrefixes = ["/admin", "/v1"];
const prefixes = [...keyedPrefixes, "/session"];

const cookie = createHostCookie({ name: "carewire-dlq-admin", sameSite: "strict" });

function mountSessions(app: Express, deps: AppDeps, signedIn: ReturnType<typeof createSignedIn>): void {
  const { oidc, sessionRule: rule } = deps;
  mountContract({
    app,
    authenticate: refuseForeignSignIn,
    bodyBytesMax: signInBytesMax,
    afterBody: [createRequestLimit(signInsMax)],
    contract: adminSessionContract,
    router: createSessionRoutes({
      ...deps,
      rule,
      signedIn,
      oidc: oidc && { label: oidc.label, path: signInPath },
    }),
  });
  if (oidc === null) return;
  app.use(signInPath, createRequestLimit(signInsMax));
  mountOidc(app, { settings: oidc, signedIn, logger: deps.logger });
}

/** Adds every route of dlq-admin to an express app, and its pages. */
export function mountDlqAdmin(app: Express, deps: AppDeps): void {
  const signedIn = createSignedIn({ store: deps.sessionStore, cookie, rule: deps.sessionRule });
  app.use(prefixes, (_req, res, next) => {
    // Answers hold patient data when it is revealed; no proxy or browser may keep them.
    res.setHeader("cache-control", "no-store");
    next();
  });
  app.use(prefixes, createRequestDeadline(deps.requestTimeoutMs ?? 20_000));
  mountDocs(app, { describe: buildAdminOpenApiDocument, assetsFolder: deps.docsAssetsFolder });
  mountSessions(app, deps, signedIn);
  app.use(keyedPrefixes, createRequestLimit(requestsMax));
  mountContract({
    app,
    authenticate: createAuthenticateCaller({ authenticate: deps.authenticate, signedIn }),
    beforeBody: [createOrganizationLimit(requestsMax / 2)],
    bodyBytesMax,
    contract: dlqContract,
    router: {
      deadLetters: {
        list: createListEntries(deps),
        depth: createGetDepth(deps),
        groups: createListGroups(deps),
        retryMany: createRetryMany(deps),
        discardMany: createDiscardMany(deps),
        get: createGetEntry(deps),
        retry: createRetryEntry(deps),
        discard: createDiscardEntry(deps),
      },
      consumers: {
        list: createListConsumers(deps),
        replay: createReplayConsumer(deps),
        ...createChangeConsumer(deps),
      },
      lineage: createLineageRoutes(deps),
      overview: { get: createGetOverview(deps) },
      bulkJobs: { create: createCreateJob(deps), cancel: createCancelJob(deps), ...createReadJobs(deps) },
      inboundRequests: {
        list: createListInbound(deps),
        get: createGetInbound(deps),
        replay: createReplayInbound(deps),
      },
      subscriptions: { list: createListSubscriptions(deps), get: createGetSubscription(deps) },
      deliveries: { list: createListDeliveries(deps), get: createGetDelivery(deps) },
      organizations: { list: createListOrganizations(deps) },
      audit: { list: createListAudit(deps), verify: createVerifyAudit(deps) },
    },
  });
  mountWebApp(app, { distDir: deps.pagesFolder, apiPrefixes: prefixes });
}
