import { migrations } from "@carewire/db";
import {
  createFakeClock,
  createTestDatabase,
  type SignedRequest,
  signStandardWebhookRequest,
} from "@carewire/testkit";
import type { Sql } from "postgres";
import { organizationId, secret, startTestEmr } from "./start-test-emr.ts";

/** What the requests of tests may have that differs from a good one. */
export interface SendOptions {
  id?: string;
  secret?: string;
  contentType?: string;
}

/** The EMR ingress over a database of its own, and what one route of it did. */
export interface IngressBench {
  nowMs: number;
  url: string;
  sql: Sql;
  /** A webhook-id that nothing was sent under yet. */
  freshId(): string;
  /** Signs and posts. */
  send(body: string, options?: SendOptions): Promise<Response>;
  /** Posts what was signed elsewhere. */
  post(request: SignedRequest): Promise<Response>;
  countRequests(): Promise<number>;
  /** Topics of the events that requests under this webhook-id made. */
  topicsOf(id: string): Promise<string[]>;
  verdictsOf(id: string): Promise<string[]>;
  deadLetters(): Promise<{ topic: string; cause: string; error: string }[]>;
  /** True when some table holds the text, as it is or as bytes. */
  stored(text: string): Promise<boolean>;
  stop(): Promise<void>;
}

export async function createIngressBench(path: string, contentType: string): Promise<IngressBench> {
  const nowMs = Date.UTC(2026, 0, 5);
  const database = await createTestDatabase(migrations);
  const { sql } = database;
  await sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const service = await startTestEmr({ databaseUrl: database.serviceUrl, clock: createFakeClock(nowMs) });
  const url = `${service.url}${path}`;
  let sequence = 0;

  const freshId = () => `msg_${++sequence}`;
  const post = ({ headers, body }: SignedRequest) =>
    fetch(url, { method: "POST", headers, body: new Uint8Array(body) });
  return {
    nowMs,
    url,
    sql,
    freshId,
    post,
    send: (body, options = {}) =>
      post(signStandardWebhookRequest(body, { secret, id: freshId(), nowMs, contentType, ...options })),
    async countRequests() {
      const [row] = await sql<{ n: number }[]>`select count(*)::int n from inbound_requests`;
      return row?.n ?? 0;
    },
    async topicsOf(id) {
      const rows = await sql<{ type: string }[]>`
        select e.type from events e join inbound_requests r on r.id = e.inbound_request_id
        where r.external_id = ${id} order by e.id`;
      return rows.map(({ type }) => type);
    },
    async verdictsOf(id) {
      const rows = await sql<{ verdict: string }[]>`
        select verdict from inbound_requests where external_id = ${id} order by id`;
      return rows.map(({ verdict }) => verdict);
    },
    deadLetters: () => sql`select topic, cause, error from dead_letters order by id`,
    async stored(text) {
      const tables = await sql<{ name: string }[]>`
        select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and not relispartition`;
      const needles = [`%${text}%`, `%${Buffer.from(text).toString("hex")}%`];
      for (const { name } of tables) {
        const rows = await sql`select 1 from ${sql(name)} t where t::text like any(${needles}) limit 1`;
        if (rows.length > 0) return true;
      }
      return false;
    },
    async stop() {
      await service.stop();
      await database.drop();
    },
  };
}
