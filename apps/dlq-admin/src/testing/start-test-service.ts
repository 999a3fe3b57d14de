import { randomBytes } from "node:crypto";
import { createWaker } from "@carewire/bus";
import { connect } from "@carewire/db";
import { type Clock, systemClock } from "@carewire/envelope";
import {
  createAuthenticator,
  createCursors,
  createLogger,
  createMetrics,
  createVault,
  findDocsAssets,
  runService,
  type VaultOptions,
} from "@carewire/service-kit";
import { mountDlqAdmin } from "../app.ts";
import type { OidcSettings } from "../sessions/oidc/oidc-settings.ts";
import { createSessionStore } from "../sessions/session-store.ts";

export interface TestServiceOptions {
  requestTimeoutMs?: number;
  failpoint?: (name: string) => void;
  /** Of the service, not of the database. */
  clock?: Clock;
  oidc?: OidcSettings;
}

const noProcess = { on() {}, off() {}, exit() {}, stderr: { write() {} } };

/** dlq-admin's own part: everything but its loops, which tests run themselves. */
export async function startTestService(
  url: string,
  keyEncryptionKeys: VaultOptions["keyEncryptionKeys"],
  { failpoint = () => {}, clock = systemClock, oidc, requestTimeoutMs }: TestServiceOptions,
) {
  const sql = connect({ url, max: 4, applicationName: "test-dlq" });
  const vault = createVault({ sql, keyEncryptionKeys });
  const waker = createWaker({ notify: connect({ url, max: 1, applicationName: "test-dlq-wake" }) });
  const lines: string[] = [];
  const logger = createLogger({
    service: "test",
    level: "debug",
    destination: { write: (line) => void lines.push(line) },
  });
  const sessionRule = { hoursMax: 12, idleMinutesMax: 30 };
  const sessionStore = createSessionStore({ sql, clock, random: randomBytes, rule: sessionRule });
  const shared = { sql, vault, clock, waker, logger, failpoint };
  const service = await runService({
    name: "test",
    port: 0,
    host: "127.0.0.1",
    logger,
    metrics: createMetrics({ service: "test" }),
    readiness: {},
    process: noProcess,
    routes: (app) =>
      mountDlqAdmin(app, {
        ...shared,
        cursors: createCursors({ vault }),
        alertRule: { depthMax: 3, ageSecondsMax: 3_600 },
        authenticate: createAuthenticator({ sql, clock: systemClock, logger }).authenticate,
        sessionStore,
        sessionRule,
        oidc: oidc ?? null,
        pagesFolder: "/nowhere",
        docsAssetsFolder: findDocsAssets(),
        ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
      }),
    close: async () => void (await Promise.all([sql.end({ timeout: 1 }), waker.close()])),
  });
  return { service, sql, jobDeps: shared, logs: () => lines.join("\n") };
}
