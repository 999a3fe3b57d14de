import { dlqContract } from "@carewire/contracts";
import {
  type Authenticator,
  createRequestDeadline,
  createRequestLimit,
  mountContract,
} from "@carewire/service-kit";
import type { Express } from "express";
import { createDiscardMany, createRetryMany } from "./bulk/bulk-routes.ts";
import { createChangeConsumer } from "./consumers/change-consumer.ts";
import { createListConsumers } from "./consumers/list-consumers.ts";
import { createReplayConsumer } from "./consumers/replay-consumer.ts";
import type { DlqDeps } from "./deps.ts";
import { createDiscardEntry } from "./entries/discard-entry.ts";
import { createGetDepth } from "./entries/get-depth.ts";
import { createGetEntry } from "./entries/get-entry.ts";
import { createListEntries } from "./entries/list-entries.ts";
import { createListGroups } from "./entries/list-groups.ts";
import { createRetryEntry } from "./entries/retry-entry.ts";
import { homePage } from "./home/home-page.ts";
import { createLineageRoutes } from "./lineage/get-lineage.ts";

export interface AppDeps extends DlqDeps {
  authenticate: Authenticator["authenticate"];
  /** After this long a request without an answer is given up; default 20,000. */
  requestTimeoutMs?: number;
}

/** A corrected payload is as large as what an ingress takes, written as JSON text inside of JSON. */
const bodyBytesMax = 4 * 1024 * 1024;
/** Few people work here; at 4 MiB each this is 256 MiB. */
const requestsMax = 64;
const prefixes = ["/admin", "/v1"];

/** Adds every route of dlq-admin to an express app. */
export function mountDlqAdmin(app: Express, deps: AppDeps): void {
  app.get("/", (_req, res) => {
    res.setHeader("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    res.type("html").send(homePage);
  });
  app.use(prefixes, (_req, res, next) => {
    // Answers hold patient data when it is revealed; no proxy or browser may keep them.
    res.setHeader("cache-control", "no-store");
    next();
  });
  app.use(prefixes, createRequestDeadline(deps.requestTimeoutMs ?? 20_000));
  app.use(prefixes, createRequestLimit(requestsMax));
  mountContract({
    app,
    authenticate: deps.authenticate,
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
    },
  });
}
