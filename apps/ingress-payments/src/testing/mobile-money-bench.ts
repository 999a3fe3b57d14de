import { randomBytes } from "node:crypto";
import { createPublisher, payloadAad } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { mobileMoneyHintPayload, mtnMomoTopic, newId, orangeMoneyTopic } from "@carewire/envelope";
import {
  createApiKey,
  createEgressGuard,
  createHttpClient,
  createVault,
  type RunningService,
} from "@carewire/service-kit";
import { bindProvider, ingressEnvShape, runIngress } from "@carewire/service-kit/ingress";
import {
  createFakeClock,
  createTestDatabase,
  type FakeClock,
  type FakeMtnMomo,
  type FakeOrangeMoney,
  startFakeMtnMomo,
  startFakeOrangeMoney,
} from "@carewire/testkit";
import { z } from "zod";
import { createTakeHint } from "../handlers/take-hint.ts";
import { type LookDeps, type LookOutcome, lookAtPayment } from "../mobile-money/look-at-payment.ts";
import type { MobileMoneyProvider, PaymentRow } from "../mobile-money/payment.ts";
import { claimDue } from "../mobile-money/payment-store.ts";
import type { ReadStatus } from "../mobile-money/status-reading.ts";
import { createAskMtnMomo } from "../providers/mtn-momo/ask-status.ts";
import { mtnMomoProvider } from "../providers/mtn-momo/provider.ts";
import { createAskOrangeMoney } from "../providers/orange-money/ask-status.ts";
import { orangeMoneyProvider } from "../providers/orange-money/provider.ts";
import { mountPayments } from "../registration/mount-payments.ts";

export const callbackSecret = "bench-callback-secret-0123456789";
const orangeClient = { clientId: "orange-client", clientSecret: "orange-secret" };
const mtnClient = { apiUser: "mtn-user", apiKey: "mtn-key", subscriptionKey: "mtn-subscription" };
const timeoutMs = 1_000;

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** The payments ingress over real HTTP, both providers as local servers, and a clock that tests move. */
export interface MobileMoneyBench {
  organizationId: string;
  url: string;
  sql: Sql;
  clock: FakeClock;
  orange: FakeOrangeMoney;
  mtn: FakeMtnMomo;
  /** What pollers are started with, all but the provider's own. */
  deps: Omit<LookDeps, "readStatus" | "livemode">;
  asks: Record<MobileMoneyProvider, ReadStatus>;
  createKey(scopes: string[], organizationId?: string): Promise<string>;
  /** Calls the API of registration, with a key that may do everything unless another is given. */
  call(method: string, path: string, body?: unknown, key?: string): Promise<Answer>;
  /** Sends a callback; a text is sent as it is. */
  callback(path: string, body: unknown, method?: string): Promise<Answer>;
  /** Handles the callbacks that were stored since the last time, as the consumer does. */
  takeHints(): Promise<void>;
  /** One look at every payment that is due now. */
  look(provider: MobileMoneyProvider): Promise<LookOutcome[]>;
  payment(provider: MobileMoneyProvider, reference: string): Promise<PaymentRow>;
  /** Public events of the organization, oldest first. */
  told(): Promise<{ type: string; subject: string; data: Record<string, unknown> }[]>;
  stop(): Promise<void>;
}

/** Starts the ingress as `main.ts` does, with the providers in `on`. */
async function startIngress(
  databaseUrl: string,
  organizationId: string,
  clock: FakeClock,
  on: readonly MobileMoneyProvider[],
): Promise<{
  service: RunningService;
  keyEncryptionKeys: Parameters<typeof createVault>[0]["keyEncryptionKeys"];
}> {
  const env = z.object(ingressEnvShape(0)).parse({
    CAREWIRE_ENV: "local",
    CAREWIRE_ORGANIZATION_ID: organizationId,
    DATABASE_URL: databaseUrl,
    KEY_ENCRYPTION_KEYS: `test1:${Buffer.alloc(32, 7).toString("base64")}`,
    LOG_LEVEL: "fatal",
  });
  const service = await runIngress({
    family: "payments",
    env: { ...env, PORT: 0 },
    providers: [
      bindProvider(orangeMoneyProvider, [callbackSecret]),
      bindProvider(mtnMomoProvider, [callbackSecret]),
    ],
    mountRoutes: mountPayments({
      callbackSecrets: [callbackSecret],
      callbackOrigin: "https://hooks.example.com",
      providersOn: new Set(on),
    }),
    clock,
    process: { on() {}, off() {}, exit() {}, stderr: { write() {} } },
  });
  return { service, keyEncryptionKeys: env.KEY_ENCRYPTION_KEYS };
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : {} };
}

export async function startMobileMoneyBench(
  on: readonly MobileMoneyProvider[] = ["orange-money", "mtn-momo"],
): Promise<MobileMoneyBench> {
  const database = await createTestDatabase(migrations);
  const organizationId = newId(Date.now());
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const clock = createFakeClock(Date.now());
  const { service, keyEncryptionKeys } = await startIngress(database.serviceUrl, organizationId, clock, on);
  const [orange, mtn] = await Promise.all([startFakeOrangeMoney(orangeClient), startFakeMtnMomo(mtnClient)]);
  const sql = connect({ url: database.serviceUrl, max: 12, applicationName: "mobile-money-bench" });
  const vault = createVault({ sql, keyEncryptionKeys });
  const publisher = createPublisher({ vault });
  const http = createHttpClient({
    guard: createEgressGuard({ policy: { environment: "local" } }),
    timeoutMs,
  });
  const logger = { info() {}, warn() {}, error() {} };
  const deps = { sql, vault, publisher, waker: { wake() {} }, clock, logger };
  const asks: Record<MobileMoneyProvider, ReadStatus> = {
    "orange-money": createAskOrangeMoney({
      http,
      clock,
      settings: { ...orangeClient, url: orange.url, environment: "dev" },
    }),
    "mtn-momo": createAskMtnMomo({
      http,
      clock,
      settings: { ...mtnClient, url: mtn.url, targetEnvironment: "sandbox" },
    }),
  };
  const takeHint = createTakeHint({ clock });
  const taken = new Set<string>();

  async function createKey(scopes: string[], of = organizationId): Promise<string> {
    const { key, prefix, hash } = createApiKey(randomBytes);
    await sql`
      insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
      values (${newId(Date.now())}, ${of}, 'test', ${prefix}, ${hash}, ${scopes}, 'test')`;
    return key;
  }
  const defaultKey = await createKey(["payments:write", "payments:read"]);

  async function eventsLike(pattern: string) {
    const rows = await sql<{ id: string; type: string; subject: string; body: Buffer }[]>`
      select e.id, e.type, e.subject, p.body from events e join event_payloads p on p.id = e.id
      where e.organization_id = ${organizationId} and e.type like ${pattern} order by e.id`;
    const dataKey = await vault.dataKey(organizationId);
    return rows.map(({ body, ...row }) => ({
      ...row,
      data: JSON.parse(dataKey.open(payloadAad(row.id), body).toString()) as Record<string, unknown>,
    }));
  }

  return {
    organizationId,
    url: service.url,
    sql,
    clock,
    orange,
    mtn,
    deps,
    asks,
    createKey,
    async call(method, path, body, key = defaultKey) {
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
      const content = body === undefined ? null : JSON.stringify(body);
      return readAnswer(await fetch(`${service.url}${path}`, { method, headers, body: content }));
    },
    async callback(path, body, method = "POST") {
      const content = typeof body === "string" ? body : JSON.stringify(body);
      const headers = { "content-type": "application/json" };
      return readAnswer(await fetch(`${service.url}${path}`, { method, headers, body: content }));
    },
    async takeHints() {
      for (const { id, type, data } of await eventsLike("cari.%")) {
        if (taken.has(id) || (type !== orangeMoneyTopic && type !== mtnMomoTopic)) continue;
        taken.add(id);
        const payload = mobileMoneyHintPayload.parse(data);
        const envelope = { id, topic: type, timestamp: "", source_service: "test", payload };
        const context = {
          organizationId,
          eventId: id,
          deliveryId: id,
          attempt: 1,
          signal: new AbortController().signal,
          publish: async () => {},
        };
        await sql.begin((tx) => takeHint(tx, envelope, context));
      }
    },
    async look(provider) {
      const now = new Date(clock.now());
      const due = await claimDue(sql, { provider, now, leaseMs: 60_000, limit: 100 });
      const look = { ...deps, readStatus: asks[provider], livemode: false };
      return Promise.all(due.map((payment) => lookAtPayment(look, payment, new AbortController().signal)));
    },
    async payment(provider, reference) {
      const [row] = await sql<PaymentRow[]>`
        select * from mobile_payments where provider = ${provider} and reference = ${reference}`;
      if (row === undefined) throw new Error(`there is no payment ${reference}`);
      return row;
    },
    told: async () => (await eventsLike("%")).filter(({ type }) => !type.startsWith("cari.")),
    async stop() {
      await Promise.all([service.stop(), orange.close(), mtn.close(), http.close(), sql.end({ timeout: 1 })]);
      await database.drop();
    },
  };
}
