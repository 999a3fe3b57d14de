import { eventually, startTcpProxy, type TcpProxy } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDlq, type TestDlq } from "./testing/start-test-dlq.ts";

let proxy: TcpProxy;
let dlq: TestDlq;

beforeAll(async () => {
  const server = new URL(process.env.DATABASE_URL ?? "");
  proxy = await startTcpProxy({ target: { host: server.hostname, port: Number(server.port) } });
  const databaseUrl = (url: string): string =>
    Object.assign(new URL(url), { hostname: proxy.host, port: String(proxy.port) }).href;
  dlq = await startTestDlq({ databaseUrl, requestTimeoutMs: 4_000 });
  await dlq.startConsumer({
    consumer: "test.outage",
    topics: ["cari.test.outage"],
    handler: async () => {
      throw new Error("not yet");
    },
  });
});

afterAll(async () => {
  proxy.restore();
  await dlq.stop();
  await proxy.close();
});

test.each(["cut", "freeze"] as const)(
  "while the database is unreachable (%s) every request is 503 with Retry-After and changes nothing; then it works again",
  async (failure) => {
    const { id, rowId } = await dlq.bury("cari.test.outage", {});
    const signedIn = await eventually(async () => {
      const answer = await dlq.send("POST", "/session", { key: null, body: { api_key: dlq.tenant.key } });
      return answer.headers.getSetCookie().length > 0 && answer;
    });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const withCookie = { key: null, headers: { cookie, "sec-fetch-site": "same-origin" } };
    await eventually(async () => (await dlq.send("GET", "/admin/dlq/depth", withCookie)).status === 200);
    proxy[failure]();
    const answers = await Promise.all([
      dlq.send("GET", "/admin/dlq/depth"),
      dlq.send("GET", "/admin/dlq/depth", withCookie),
      dlq.send("GET", "/session", withCookie),
      dlq.send("POST", `/admin/dlq/${id}/retry`, { body: {} }),
    ]);
    for (const { body, headers } of answers) {
      expect(body).toMatchObject({ status: 503, code: "service_unavailable" });
      expect(headers.get("retry-after")).toBe("5");
    }
    expect(await dlq.sql`select status, retries from dead_letters where id = ${rowId}`).toEqual([
      { status: "open", retries: 0 },
    ]);
    proxy.restore();
    await eventually(async () => (await dlq.send("GET", `/admin/dlq/${id}`)).status === 200);
    // What was held back is done after all: then its consumer refuses it again, and it is open again.
    const again = await eventually(async () => {
      const { status } = await dlq.send("POST", `/admin/dlq/${id}/retry`, { body: {} });
      return status !== 409 && status;
    });
    expect(again).toBe(202);
    expect((await dlq.send("GET", "/admin/dlq/depth", withCookie)).status).toBe(200);
  },
);
