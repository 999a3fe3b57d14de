import { randomBytes } from "node:crypto";
import { createPublisher } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { createApiKey, createVault } from "@carewire/service-kit";
import { createFakeClock, createTestDatabase, type FakeClock } from "@carewire/testkit";
import { createTakeHint } from "../handlers/take-hint.ts";
import { type LookDeps, type LookOutcome, lookAtPayment } from "../mobile-money/look-at-payment.ts";
import type { MobileMoneyProvider, PaymentRow } from "../mobile-money/payment.ts";
import { claimDue } from "../mobile-money/payment-store.ts";
import { createHintTaker, readEvents } from "./published-events.ts";
import { type FakeProviders, startFakeProviders } from "./start-fake-providers.ts";
import { mobileMoneyIngressEnv, startMobileMoneyIngress } from "./start-mobile-money-ingress.ts";

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** The payments ingress over real HTTP, both providers as local servers, and a clock that tests move. */
export interface MobileMoneyBench extends Omit<FakeProviders, "close"> {
  organizationId: string;
  url: string;
  sql: Sql;
  clock: FakeClock;
  /** What pollers are started with, all but the provider's own. */
  deps: Omit<LookDeps, "readStatus" | "livemode">;
  createKey(scopes: string[], organizationId?: string): Promise<string>;
  /** Calls the API of registration, with a key that may do everything unless another is given. */
  call(method: string, path: string, body?: unknown, key?: string): Promise<Answer>;
  /** Sends a callback; a text is sent as it is. It names this media type (JSON unless told), or with null none. */
  callback(path: string, body: unknown, method?: string, contentType?: string | null): Promise<Answer>;
  /** Handles the callbacks that were stored since the last time, as the consumer does. */
  takeHints(): Promise<void>;
  /** One look at every payment that is due now. */
  look(provider: MobileMoneyProvider, asks?: FakeProviders["asks"]): Promise<LookOutcome[]>;
  payment(provider: MobileMoneyProvider, reference: string): Promise<PaymentRow>;
  /** Public events of the organization, oldest first. */
  told(): Promise<{ type: string; subject: string; data: Record<string, unknown> }[]>;
  stop(): Promise<void>;
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : {} };
}

/** Makes API keys straight in the database. */
const createKeys =
  (sql: Sql, organizationId: string) =>
  async (scopes: string[], of = organizationId) => {
    const { key, prefix, hash } = createApiKey(randomBytes);
    await sql`
    insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
    values (${newId(Date.now())}, ${of}, 'test', ${prefix}, ${hash}, ${scopes}, 'test')`;
    return key;
  };

/** Calls the API of registration, and the addresses of callbacks. */
function createCalls(url: string, defaultKey: string): Pick<MobileMoneyBench, "call" | "callback"> {
  const json = { "content-type": "application/json" };
  return {
    async call(method, path, body, key = defaultKey) {
      const headers = { ...json, authorization: `Bearer ${key}` };
      const content = body === undefined ? null : JSON.stringify(body);
      return readAnswer(await fetch(`${url}${path}`, { method, headers, body: content }));
    },
    async callback(path, body, method = "POST", contentType = json["content-type"]) {
      const content = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
      const headers = contentType === null ? {} : { "content-type": contentType };
      return readAnswer(await fetch(`${url}${path}`, { method, headers, body: content }));
    },
  };
}

export async function startMobileMoneyBench(
  on: readonly MobileMoneyProvider[] = ["orange-money", "mtn-momo"],
  // A busy machine makes a test slow, not wrong.
  answerTimeoutMs = 60_000,
): Promise<MobileMoneyBench> {
  const database = await createTestDatabase(migrations);
  const organizationId = newId(Date.now());
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const clock = createFakeClock(Date.now());
  const options = { databaseUrl: database.serviceUrl, organizationId, clock, on, answerTimeoutMs };
  const service = await startMobileMoneyIngress(options);
  const fakes = await startFakeProviders(clock);
  const sql = connect({ url: database.serviceUrl, max: 12, applicationName: "mobile-money-bench" });
  const keyEncryptionKeys = mobileMoneyIngressEnv(options).KEY_ENCRYPTION_KEYS;
  const vault = createVault({ sql, keyEncryptionKeys });
  const logger = { info() {}, warn() {}, error() {} };
  const deps = { sql, vault, publisher: createPublisher({ vault }), waker: { wake() {} }, clock, logger };
  const createKey = createKeys(sql, organizationId);
  const source = { sql, vault, organizationId };

  return {
    ...createCalls(service.url, await createKey(["payments:write", "payments:read"])),
    ...fakes,
    organizationId,
    url: service.url,
    sql,
    clock,
    deps,
    createKey,
    takeHints: createHintTaker(source, createTakeHint({ clock })),
    async look(provider, asks = fakes.asks) {
      const now = new Date(clock.now());
      const due = await claimDue(sql, { organizationId, provider, now, leaseMs: 60_000, limit: 100 });
      const look = { ...deps, readStatus: asks[provider], livemode: false };
      return Promise.all(due.map((payment) => lookAtPayment(look, payment, new AbortController().signal)));
    },
    payment: (provider, reference) => readPayment(sql, provider, reference),
    told: async () => (await readEvents(source, "%")).filter(({ type }) => !type.startsWith("cari.")),
    async stop() {
      await Promise.all([service.stop(), fakes.close(), sql.end({ timeout: 1 })]);
      await database.drop();
    },
  };
}

async function readPayment(sql: Sql, provider: MobileMoneyProvider, reference: string): Promise<PaymentRow> {
  const [row] = await sql<PaymentRow[]>`
    select * from mobile_payments where provider = ${provider} and reference = ${reference}`;
  if (row === undefined) throw new Error(`there is no payment ${reference}`);
  return row;
}
