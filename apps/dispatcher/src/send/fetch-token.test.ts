import type { IncomingMessage, ServerResponse } from "node:http";
import { createEgressGuard } from "@carewire/service-kit";
import { findFreePort, type Receiver, startReceiver } from "@carewire/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serve } from "../testing/serve.ts";
import type { Oauth2Client } from "./endpoint-auth.ts";
import { createTokenFetcher } from "./fetch-token.ts";
import { createPools } from "./pools.ts";

/** For what never ends. */
const impatientMs = 300;
const guard = createEgressGuard({ policy: { environment: "local" } });
const pools = createPools({ ...guard, connectionsMax: 4, originsMax: 100 });
const fetchToken = createTokenFetcher({ pools, timeoutMs: 30_000 });
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const clientOf = (url: string, more: Partial<Oauth2Client> = {}): Oauth2Client => ({
  id: "s1:1",
  tokenUrl: new URL(url),
  clientId: "clinic:7",
  clientSecret: "s é&cret",
  scope: null,
  ...more,
});
const answered = (status: number, body: unknown) => {
  receiver.answer({ status, body: typeof body === "string" ? body : JSON.stringify(body) });
  return fetchToken(clientOf(`${receiver.url}/token?tenant=1`, { scope: "a b" }));
};

test("credentials are form-encoded into Basic, the grant and the scope are in the body", async () => {
  expect(await answered(200, { access_token: "t", token_type: "Bearer", expires_in: 120 })).toEqual({
    kind: "token",
    token: "t",
    lifetimeMs: 120_000,
  });
  const [request] = receiver.requests();
  expect(request).toMatchObject({
    method: "POST",
    path: "/token?tenant=1",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
  });
  expect(request?.body.toString()).toBe("grant_type=client_credentials&scope=a+b");
  const credentials = request?.headers.authorization?.slice("Basic ".length) ?? "";
  expect(Buffer.from(credentials, "base64").toString()).toBe("clinic%3A7:s+%C3%A9%26cret");
});

test.each([
  [undefined, 300_000],
  ["90", 90_000],
  ["soon", 300_000],
  [-1, 300_000],
  [10 ** 9, 86_400_000],
])("expires_in %j lives for %i ms", async (expires_in, lifetimeMs) => {
  expect(await answered(200, { access_token: "t", expires_in })).toMatchObject({ lifetimeMs });
});

test.each([
  ["", "the token endpoint's answer holds no bearer token"],
  ["<html>canary</html>", "the token endpoint's answer holds no bearer token"],
  [{ access_token: "" }, "the token endpoint's answer holds no bearer token"],
  [{ access_token: "a\r\nx-injected: canary" }, "the token endpoint's answer holds no bearer token"],
  [{ access_token: "x".repeat(8_193) }, "the token endpoint's answer holds no bearer token"],
  [{ access_token: "canary", token_type: "mac" }, "the token endpoint's answer holds no bearer token"],
  [
    { access_token: "canary", filling: "x".repeat(70_000) },
    "the token endpoint's answer holds no bearer token",
  ],
])("an answer of %.60j is no token", async (body, detail) => {
  expect(await answered(200, body)).toEqual({ kind: "auth_failed", detail });
});

test.each([
  [400, { error: "invalid_scope" }, "the token endpoint answered 400 (invalid_scope)"],
  [401, { error: "canary", error_description: "canary" }, "the token endpoint answered 401"],
  [302, "", "the token endpoint answered 302"],
  [503, "canary", "the token endpoint answered 503"],
])("%i %j is a failure that repeats only known words", async (status, body, detail) => {
  expect(await answered(status, body)).toEqual({ kind: "auth_failed", detail });
});

describe("a hostile token endpoint", () => {
  const hostile: [string, (request: IncomingMessage, response: ServerResponse) => void][] = [
    ["that never answers", () => {}],
    [
      "that drips",
      (_, response) => {
        response.writeHead(200).write("{");
        const drip = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(drip));
      },
    ],
  ];
  test.each(hostile)("%s is given up in time", async (_name, answer) => {
    const server = await serve(answer);
    const fetchImpatiently = createTokenFetcher({ pools, timeoutMs: impatientMs });
    expect(await fetchImpatiently(clientOf(server.url))).toEqual({
      kind: "auth_failed",
      detail: `the token endpoint gave no answer within ${impatientMs} ms`,
    });
    await server.close();
  });

  test("that pours is read no further than 64 KiB", async () => {
    let sentBytes = 0;
    const chunk = Buffer.alloc(16_384, " ");
    const server = await serve((_, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk)) sentBytes += chunk.length;
      };
      response.on("drain", pour);
      pour();
    });
    expect(await fetchToken(clientOf(server.url))).toMatchObject({ kind: "auth_failed" });
    expect(sentBytes).toBeLessThan(16_000_000);
    await server.close();
  });

  test("that is not there, or not allowed, is a failure with its reason", async () => {
    const url = `http://127.0.0.1:${await findFreePort()}/`;
    expect(await fetchToken(clientOf(url))).toEqual({
      kind: "auth_failed",
      detail: "the token endpoint could not be reached: no connection (ECONNREFUSED)",
    });
    expect(await fetchToken(clientOf("https://169.254.169.254/token"))).toEqual({
      kind: "auth_failed",
      detail: "the token endpoint's address is not allowed",
    });
  });
});
