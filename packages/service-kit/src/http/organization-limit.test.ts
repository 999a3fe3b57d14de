import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "@carewire/testkit";
import express, { type RequestHandler } from "express";
import { expect, onTestFinished, test } from "vitest";
import { setPrincipal } from "../auth/principal.ts";
import { createOrganizationLimit } from "./organization-limit.ts";
import { createRequestLimit } from "./request-limit.ts";

/** Serves these behind an authenticator that takes the organization from a header; returns what asks as one. */
async function serve(...handlers: RequestHandler[]) {
  const app = express();
  app.get(
    "/",
    (req, res, next) => {
      const organizationId = String(req.headers["x-organization"]);
      setPrincipal(res, { apiKeyId: "k", organizationId, accountId: null, scopes: [], name: "n" });
      next();
    },
    ...handlers,
  );
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return (organization: string, signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${port}/`, { headers: { "x-organization": organization }, signal });
}

test("of more requests of one organization than allowed the others are 429 until one ends; other organizations go on", async () => {
  const waiting: (() => void)[] = [];
  const ask = await serve(createOrganizationLimit(1), (req, res) => {
    if (req.headers["x-organization"] === "slow") waiting.push(() => res.end());
    else res.end();
  });
  const first = ask("slow");
  await eventually(() => waiting.length === 1);
  const refused = await ask("slow");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
  expect((await ask("other")).status).toBe(200);
  waiting.pop()?.();
  expect((await first).status).toBe(200);
  const next = ask("slow");
  await eventually(() => waiting.length === 1);
  waiting.pop()?.();
  expect((await next).status).toBe(200);
});

test.each([
  ["all requests", createRequestLimit],
  ["an organization's requests", createOrganizationLimit],
])("whoever left before a limit of %s was reached takes no place of it", async (_what, createLimit) => {
  const [arrived, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isFirst = true;
  const wait: RequestHandler = (_req, res, next) => {
    if (!isFirst) return next();
    isFirst = false;
    res.once("close", () => {
      next();
      gone.resolve();
    });
    arrived.resolve();
  };
  const ask = await serve(wait, createLimit(1), (_req, res) => {
    res.end();
  });
  const caller = new AbortController();
  const asked = ask("any", caller.signal).catch(() => {});
  await arrived.promise;
  caller.abort();
  await Promise.all([asked, gone.promise]);
  expect((await ask("any")).status).toBe(200);
});
