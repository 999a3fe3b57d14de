import { createFakeClock } from "@carewire/testkit";
import express from "express";
import { expect, onTestFinished, test } from "vitest";
import { createMetrics } from "../metrics/create-metrics.ts";
import { closeServer, createHttpServer, listen } from "../service/http-server.ts";
import { type ChallengeDeps, createChallenges } from "./challenge.ts";
import { bindProvider } from "./provider.ts";
import { ledgerProvider } from "./testing/ledger-provider.ts";

/** Serves the ledger's challenge, answered with whatever is asked; returns its URL. */
async function serve(rules: Partial<ChallengeDeps> = {}): Promise<string> {
  const clock = createFakeClock(0);
  const metrics = createMetrics({ service: "test" });
  const challenges = createChallenges({
    tlsRule: () => true,
    sourceRules: { refuseUnread: () => null },
    metrics,
    clock,
    ...rules,
  });
  const app = express();
  const answer = (query: URLSearchParams) => {
    const challenge = query.get("echo");
    return challenge === null ? ({ ok: false } as const) : ({ ok: true, challenge } as const);
  };
  app.get("/hook", challenges(bindProvider(ledgerProvider, ["whsec_x"]), answer));
  const server = createHttpServer(app);
  onTestFinished(() => closeServer(server));
  return `${await listen(server, 0, "127.0.0.1")}/hook`;
}

test("what the provider's function answers is sent as plain text that nobody keeps", async () => {
  const response = await fetch(`${await serve()}?echo=1158201444&x=?`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.text()).toBe("1158201444");
});

test("whoever may not know is answered 403 with nothing", async () => {
  const response = await fetch(await serve());
  expect([response.status, await response.text()]).toEqual([403, ""]);
});

test.each<[string, Partial<ChallengeDeps>, number]>([
  ["not over TLS", { tlsRule: () => false }, 426],
  [
    "from an address that the source does not send from",
    { sourceRules: { refuseUnread: () => "address" } },
    403,
  ],
])("a question %s is refused like any other request", async (_name, rules, status) => {
  const response = await fetch(`${await serve(rules)}?echo=1`);
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  await response.body?.cancel();
});
