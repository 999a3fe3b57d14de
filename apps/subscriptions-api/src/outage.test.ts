import { eventually, startTcpProxy, type TcpProxy } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "./testing/start-test-api.ts";

let proxy: TcpProxy;
let api: TestApi;

beforeAll(async () => {
  const server = new URL(process.env.DATABASE_URL ?? "");
  proxy = await startTcpProxy({ target: { host: server.hostname, port: Number(server.port) } });
  const databaseUrl = (url: string): string => {
    const proxied = new URL(url);
    proxied.hostname = proxy.host;
    proxied.port = String(proxy.port);
    return proxied.href;
  };
  api = await startTestApi({ databaseUrl, commitTimeoutMs: 3_000, requestTimeoutMs: 4_000 });
});

afterAll(async () => {
  proxy.restore();
  await api.stop();
  await proxy.close();
});

const publish = (id: string) => api.send("POST", "/v1/events", { body: { type: "x.done", data: {}, id } });

test.each(["cut", "freeze"] as const)(
  "while the database is unreachable (%s) publishers get 503 with Retry-After; once it is back, 202 without a restart",
  async (failure) => {
    await eventually(async () => (await publish(`before-${failure}`)).status === 202);
    proxy[failure]();
    const answer = await publish(`during-${failure}`);
    expect(answer.body).toMatchObject({ status: 503, code: "service_unavailable" });
    expect(answer.headers.get("retry-after")).toBe("5");
    expect((await api.send("GET", "/v1/subscriptions")).status).toBe(503);
    proxy.restore();
    await eventually(async () => (await publish(`during-${failure}`)).status === 202);
    const rows = await api.sql`select 1 from events where external_id = ${`during-${failure}`}`;
    expect(rows).toHaveLength(1);
  },
);

test("when too much waits to be stored, publishers get 503 with Retry-After and nothing is stored", async () => {
  const full = await startTestApi({ waitingMax: 0 });
  try {
    const answer = await full.send("POST", "/v1/events", { body: { type: "x.done", data: {} } });
    expect(answer.body).toMatchObject({ status: 503, code: "service_unavailable" });
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(await full.sql`select 1 from events`).toHaveLength(0);
  } finally {
    await full.stop();
  }
});
