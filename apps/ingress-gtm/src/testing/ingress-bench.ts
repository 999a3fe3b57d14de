import { migrations } from "@carewire/db";
import { createFakeClock, createTestDatabase, type FakeClock, type SignedRequest } from "@carewire/testkit";
import type { Sql } from "postgres";
import { organizationId, startTestGtm, type TestGtmOptions } from "./start-test-gtm.ts";

/** The GTM ingress over a database of its own, and what it stored. */
export interface IngressBench {
  url: string;
  sql: Sql;
  clock: FakeClock;
  /** An id that nothing was sent under yet. */
  freshId(): string;
  post(path: string, request: SignedRequest): Promise<Response>;
  countRequests(): Promise<number>;
  /** Topics of the events that requests under this id made. */
  topicsOf(externalId: string): Promise<string[]>;
  verdictsOf(externalId: string): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts it at the given moment, by default that of the vectors. */
export async function createIngressBench(
  options: Partial<TestGtmOptions> & { nowMs?: number } = {},
): Promise<IngressBench> {
  const { nowMs = 1_767_225_600_000, ...more } = options;
  const database = await createTestDatabase(migrations);
  const { sql } = database;
  await sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const clock = createFakeClock(nowMs);
  const service = await startTestGtm({ databaseUrl: database.serviceUrl, clock, ...more });
  let sequence = 0;
  return {
    url: service.url,
    sql,
    clock,
    freshId: () => `msg_${++sequence}`,
    post: (path, { headers, body }) =>
      fetch(service.url + path, { method: "POST", headers, body: new Uint8Array(body) }),
    async countRequests() {
      const [row] = await sql<{ n: number }[]>`select count(*)::int n from inbound_requests`;
      return row?.n ?? 0;
    },
    async topicsOf(externalId) {
      const rows = await sql<{ type: string }[]>`
        select e.type from events e join inbound_requests r on r.id = e.inbound_request_id
        where r.external_id = ${externalId} order by e.id`;
      return rows.map(({ type }) => type);
    },
    async verdictsOf(externalId) {
      const rows = await sql<{ verdict: string }[]>`
        select verdict from inbound_requests where external_id = ${externalId} order by id`;
      return rows.map(({ verdict }) => verdict);
    },
    async stop() {
      await service.stop();
      await database.drop();
    },
  };
}
