import { connect, migrations } from "@carewire/db";
import {
  createTestDatabase,
  eventually,
  startTcpProxy,
  type TcpProxy,
  type TestDatabase,
} from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningService } from "../service/run-service.ts";
import { organizationId, post, startTestIngress } from "./testing/start-test-ingress.ts";

let database: TestDatabase;
let proxy: TcpProxy;
let proxiedUrl: string;
let service: RunningService;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const url = new URL(database.serviceUrl);
  proxy = await startTcpProxy({ target: { host: url.hostname, port: Number(url.port) } });
  url.hostname = proxy.host;
  url.port = String(proxy.port);
  proxiedUrl = url.href;
  service = await startTestIngress(proxiedUrl);
});
afterAll(async () => {
  proxy.restore();
  await service.stop();
  await proxy.close();
  await database.drop();
});

const statusOf = async (body: string): Promise<number> => (await post(service.url, body)).status;

async function countEvents(externalId: string): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`
    select count(*)::int n from events e join inbound_requests r on r.id = e.inbound_request_id
    where r.external_id = ${externalId}`;
  return row?.n ?? 0;
}

test.each(["cut", "freeze"] as const)(
  "while the database is unreachable (%s) senders get 503 with Retry-After; once it is back, 200 without a restart",
  async (failure) => {
    const body = `{"id":"outage-${failure}"}`;
    expect(await statusOf(`{"id":"before-${failure}"}`)).toBe(200);
    proxy[failure]();
    const response = await post(service.url, body);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await response.json()).toMatchObject({ code: "service_unavailable" });
    expect(await statusOf("[]")).toBe(503);
    proxy.restore();
    await eventually(async () => (await statusOf(body)) === 200);
    expect(await countEvents(`outage-${failure}`)).toBe(1);
  },
  120_000,
);

test("a database that became read-only is an outage too, not a loss", async () => {
  const admin = connect({ url: database.url, max: 1, applicationName: "admin" });
  const name = new URL(database.url).pathname.slice(1);
  const reconnectAll = () =>
    admin`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${name} and application_name like 'ingress-test%'`;
  await admin.unsafe(`alter database ${name} set default_transaction_read_only = on`);
  await reconnectAll();
  await eventually(async () => (await statusOf('{"id":"read-only"}')) === 503);
  await admin.unsafe("set default_transaction_read_only = off");
  await admin.unsafe(`alter database ${name} reset default_transaction_read_only`);
  await reconnectAll();
  await admin.end();
  await eventually(async () => (await statusOf('{"id":"read-only"}')) === 200);
  expect(await countEvents("read-only")).toBe(1);
}, 120_000);

test("a full disk is answered 503, and nothing of the event is stored", async () => {
  await database.sql.unsafe(`
    create function fail_disk_full() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
    create trigger disk_full before insert on event_payloads for each row execute function fail_disk_full()`);
  expect(await statusOf('{"id":"disk-full"}')).toBe(503);
  expect(await countEvents("disk-full")).toBe(0);
  await database.sql`drop trigger disk_full on event_payloads`;
  expect(await statusOf('{"id":"disk-full"}')).toBe(200);
});

test("a process that starts during an outage becomes ready when the database returns", async () => {
  proxy.cut();
  const starting = startTestIngress(proxiedUrl);
  proxy.restore();
  const late = await starting;
  expect((await post(late.url, '{"id":"late-start"}')).status).toBe(200);
  await late.stop();
});
