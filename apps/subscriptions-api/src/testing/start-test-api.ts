import { createSecretKey, randomBytes } from "node:crypto";
import { createAcceptor, createWaker, type Vault } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { systemClock } from "@carewire/envelope";
import {
  createAuthenticator,
  createEgressGuard,
  createLogger,
  createMetrics,
  createVault,
  type EgressGuardOptions,
  findDocsAssets,
  runService,
} from "@carewire/service-kit";
import { createTestDatabase } from "@carewire/testkit";
import { mountApi } from "../app.ts";
import { type ApiLimits, defaultLimits } from "../limits.ts";
import { createLive } from "../streams/create-live.ts";
import { answerProbes, type ProbeAnswerer } from "./answer-probes.ts";
import { createContractChecker } from "./contract-checker.ts";
import { createTenant, type TestTenant } from "./test-tenant.ts";

/** A request; `body` is sent as JSON, or byte for byte when it is a string or bytes. */
export interface TestRequest {
  key?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** An answer, its body parsed when it is JSON. */
export interface TestAnswer {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
}

/** The whole API over real HTTP and a database of its own. Every answer is checked against its OpenAPI document. */
export interface TestApi {
  url: string;
  databaseUrl: string;
  sql: Sql;
  vault: Vault;
  tenant: TestTenant;
  /** A second tenant, who must see nothing of the first. */
  stranger: TestTenant;
  /** What becomes of pings and tests; at first their endpoint answers 200. */
  probes: ProbeAnswerer;
  checkedRoutes: ReadonlySet<string>;
  /** Everything the service logged. */
  logs(): string;
  /** Sends a request, with the tenant's all-powerful key unless another is given. */
  send(method: string, path: string, request?: TestRequest): Promise<TestAnswer>;
  stop(): Promise<void>;
}

/** Where links into the portal lead, and the one page that may show it in a frame. */
export const testPortalUrl = "https://portal.example.com";
export const testEmbedOrigin = "https://app.example.com";

const noProcess = { on() {}, off() {}, exit() {}, stderr: { write() {} } };
/** The only tables that handlers touch outside a tenant's transaction: a key is claimed before it can belong to one. */
const platformTablesOfHandlers = ["idempotency"];
const publicAddress = "93.184.216.34";

/** Names under `.invalid` do not resolve, `private.example` is private, all others are public. Nobody is asked. */
async function resolveForTest(hostname: string): Promise<string[]> {
  if (hostname.endsWith(".invalid")) throw new Error("no such name");
  return [hostname === "private.example" ? "10.0.0.7" : publicAddress];
}

/** Tests connect to nobody outside, whatever a name resolves to. */
const refuseConnection: NonNullable<EgressGuardOptions["connect"]> = (_options, callback) =>
  callback(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }), null);

type RequestBody = NonNullable<RequestInit["body"]>;

function encodeBody(body: unknown): RequestBody | null {
  if (body === undefined) return null;
  return typeof body === "string" || body instanceof Uint8Array
    ? (body as RequestBody)
    : JSON.stringify(body);
}

/** What a test may change about the service. */
export interface TestApiOptions {
  /** Rewrites the database's URL, for a proxy in between. */
  databaseUrl?: (url: string) => string;
  /** Submissions that may wait for their commit. */
  waitingMax?: number;
  /** Default: a minute, which a busy machine does not reach. */
  commitTimeoutMs?: number;
  requestTimeoutMs?: number;
  probeTimeoutMs?: number;
  limits?: Partial<ApiLimits>;
}

/** What a service and its handlers log in as. */
interface Logins {
  service: string;
  tenant: string;
}

async function startService(
  { service: url, tenant }: Logins,
  { waitingMax, commitTimeoutMs = 60_000, requestTimeoutMs, probeTimeoutMs, limits }: TestApiOptions,
) {
  const sql = connect({ url, max: 4, applicationName: "test-api" });
  const handlersSql = connect({ url: tenant, max: 4, applicationName: "test-handlers" });
  const callersSql = connect({ url: tenant, max: 2, applicationName: "test-callers" });
  const waker = createWaker({ notify: connect({ url, max: 1, applicationName: "test-wake" }) });
  const keyEncryptionKeys = [{ id: "test", key: createSecretKey(randomBytes(32)) }];
  const vault = createVault({ sql, keyEncryptionKeys });
  const acceptor = createAcceptor({ sql, vault, waker, waitingMax, commitTimeoutMs });
  const lines: string[] = [];
  const live = createLive({
    sql,
    vault,
    clock: systemClock,
    random: () => 0.5,
    beatMs: 250,
    settings: { attemptTimeoutMs: 15_000, scheduleMs: [50, 60_000] },
    onError: (where, error) => lines.push(`${where}: ${error}`),
  });
  const logger = createLogger({
    service: "test",
    level: "debug",
    destination: { write: (line) => void lines.push(line) },
  });
  const service = await runService({
    name: "test",
    port: 0,
    host: "127.0.0.1",
    logger,
    metrics: createMetrics({ service: "test" }),
    readiness: {},
    process: noProcess,
    start: live.start,
    drain: live.close,
    routes: (app) =>
      mountApi(app, {
        sql: handlersSql,
        callersSql,
        platformSql: sql,
        vault,
        clock: systemClock,
        acceptor,
        batchAcceptor: acceptor,
        guard: createEgressGuard({
          policy: { environment: "production" },
          resolve: resolveForTest,
          connect: refuseConnection,
        }),
        random: randomBytes,
        authenticator: createAuthenticator({ sql, clock: systemClock, logger }),
        limits: { ...defaultLimits, ...limits },
        portal: { url: testPortalUrl, embedOrigins: [testEmbedOrigin] },
        live,
        docsAssetsFolder: findDocsAssets(),
        requestTimeoutMs,
        probeTimeoutMs,
      }),
    close: async () => {
      const pools = [sql, handlersSql, callersSql].map((each) => each.end({ timeout: 1 }));
      await Promise.all([...pools, waker.close()]);
    },
  });
  return { service, vault, logs: () => lines.join("\n") };
}

/** What every API of this process serves: put together by the first of them. */
let documentText: string | undefined;

/** Starts a {@link TestApi}; `stop` ends it and drops its database. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const database = await createTestDatabase(migrations);
  const { databaseUrl: rewrite = (url: string) => url } = options;
  // The service has no more rights than in production, and its handlers none but a tenant's and the tables named here:
  // a statement outside `withTenant` fails. What a test puts in place comes from the owner.
  const logins = { service: rewrite(database.serviceUrl), tenant: rewrite(database.tenantUrl) };
  const sql = connect({ url: rewrite(database.url), max: 4, applicationName: "test" });
  for (const table of platformTablesOfHandlers) {
    await database.sql.unsafe(`grant select, insert on ${table} to ${new URL(database.tenantUrl).username}`);
  }
  const { service, vault, logs } = await startService(logins, options);
  const probes = await answerProbes(database.url);
  const tenant = await createTenant(sql, "tenant");
  const stranger = await createTenant(sql, "stranger");
  documentText ??= await (await fetch(`${service.url}/openapi.json`)).text();
  const checker = createContractChecker(documentText);

  return {
    url: service.url,
    databaseUrl: logins.service,
    sql,
    vault,
    tenant,
    stranger,
    probes,
    checkedRoutes: checker.checkedRoutes,
    logs,
    async send(method, path, { key = tenant.key, body, headers = {} } = {}) {
      const response = await fetch(`${service.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: encodeBody(body),
      });
      const text = await response.text();
      const mediaType = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
      const parsed = mediaType.endsWith("json") ? JSON.parse(text) : {};
      checker.check({
        method,
        path: path.split("?")[0] ?? "",
        status: response.status,
        mediaType,
        body: parsed,
      });
      return { status: response.status, headers: response.headers, text, body: parsed };
    },
    async stop() {
      await Promise.all([service.stop(), probes.close(), sql.end({ timeout: 1 })]);
      await database.drop();
    },
  };
}
