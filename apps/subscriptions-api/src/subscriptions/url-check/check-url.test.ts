import { urlChecksPerMinute } from "@carewire/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const check = (body: object, key = api.tenant.key) =>
  api.send("POST", "/v1/subscriptions/check-url", { key, body });

test("a URL that may be delivered to is shown as it would be stored, and nobody is connected to", async () => {
  const answer = await check({ url: "HTTPS://Hooks.Example.COM:443/in" });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.body).toEqual({
    outcome: "allowed",
    detail: null,
    url: "https://hooks.example.com/in",
    warnings: [],
    connection: null,
  });
});

test("letters that pass for others are warned of", async () => {
  expect((await check({ url: "https://аррӏе.com/" })).body.warnings).toEqual(["internationalised_host"]);
});

test("whatever leads inside gets one and the same answer, connection or not", async () => {
  const inside = [
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://169.254.169.254/latest",
    "https://10.0.0.7/",
    "https://private.example/",
    "https://metadata.google.internal/",
  ];
  const answers = new Set<string>();
  for (const url of inside)
    for (const connect of [false, true]) answers.add((await check({ url, connect }, api.stranger.key)).text);
  expect([...answers].map((text) => JSON.parse(text))).toEqual([
    {
      outcome: "destination_not_allowed",
      detail: "This host is not on the public internet.",
      url: null,
      warnings: [],
      connection: null,
    },
  ]);
});

test("a name that does not resolve is allowed, as when creating, and a connection says so", async () => {
  const answer = await check({ url: "https://soon.invalid/", connect: true });
  expect(answer.body).toMatchObject({ outcome: "allowed", connection: { outcome: "unresolvable" } });
});

test("somebody who does not answer is unreachable", async () => {
  const answer = await check({ url: "https://hooks.example.com/", connect: true });
  expect(answer.body).toMatchObject({
    outcome: "allowed",
    connection: { outcome: "unreachable", tls: null },
  });
});

test("nothing is made, and nobody may ask as often as they like", async () => {
  const before = await api.sql`select count(*)::int n from audit_log`;
  // All at once: those that come back in a minute are fewer than these.
  const answers = await Promise.all(
    Array.from({ length: 2 * urlChecksPerMinute }, () => check({ url: "https://hooks.example.com/" })),
  );
  expect(answers.map(({ status }) => status)).toContain(429);
  expect(await api.sql`select count(*)::int n from audit_log`).toEqual(before);
});
