import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { createTestAuthority, type Receiver, startReceiver, type TestAuthority } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createOneShots, type OneShots } from "./testing/deliver-once.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

/** The tests wait for one such; all others end long before. */
const attemptTimeoutMs = 6_000;
let bench: DeliveryBench;
let oneShots: OneShots;
let dispatcher: RunningDispatcher;
let authority: TestAuthority;

beforeAll(async () => {
  authority = await createTestAuthority();
  authority.trust();
  bench = await createDeliveryBench();
  oneShots = createOneShots(bench);
  dispatcher = await startDispatcher(bench, { attemptTimeoutMs });
});
afterAll(async () => {
  await dispatcher.stop();
  expect(await dispatcher.inFlight()).toBe(0);
  await bench.close();
});
beforeEach(async () => {
  await bench.reset();
  dispatcher.errors.length = 0;
  return () => oneShots.closeServers();
});

/** Everything that is kept about attempts, as text. */
const ledger = async () =>
  (await bench.sql`select a::text line from attempts a`).map(({ line }) => line).join();

describe("a fixed authentication", () => {
  const basic = `Basic ${Buffer.from("clinic:canary-password").toString("base64")}`;
  test.each([
    [{ type: "basic", username: "clinic", password: "canary-password" }, basic],
    [{ type: "bearer", token: "canary-token" }, "Bearer canary-token"],
  ])("%j reaches the endpoint and nothing else, even if it is sent back", async (endpointAuth, expected) => {
    const receiver = await startReceiver({
      answer: ({ headers }) => ({ headers: { "x-echo": headers.authorization } }),
    });
    const { attempts } = await oneShots.deliver({ url: receiver.url, endpointAuth });
    expect(attempts).toMatchObject([{ outcome: "http_2xx" }]);
    expect(receiver.requests()[0]?.headers.authorization).toBe(expected);
    const kept = await ledger();
    expect(kept).toContain("authorization: ***");
    expect(kept).toContain("x-echo: ***");
    expect(kept + JSON.stringify(dispatcher.attempts)).not.toMatch(/canary|Y2xpbmlj/);
    await receiver.close();
  });
});

describe("OAuth2 client credentials", () => {
  let issuer: Receiver;
  let endpoint: Receiver;
  let number = 0;
  /** What the endpoint accepts; the issuer hands out the newest. */
  const token = () => `canary-token-${number}`;
  const issueNext = () => {
    number++;
    return { body: JSON.stringify({ access_token: token(), expires_in: 3_600 }) };
  };
  const endpointAuth = () => ({
    type: "oauth2",
    token_url: `${issuer.url}/token`,
    client_id: "clinic",
    client_secret: "canary-secret",
    scope: "hooks",
  });

  beforeEach(async () => {
    issuer = await startReceiver({ answer: issueNext });
    endpoint = await startReceiver({
      answer: ({ headers }) => ({
        status: headers.authorization === `Bearer ${token()}` ? 204 : 401,
        headers: { "x-echo": headers.authorization },
      }),
    });
    return async () => void (await Promise.all([issuer.close(), endpoint.close()]));
  });

  const allDelivered = (count: number) =>
    waitUntil(async () => {
      const deliveries = await bench.deliveries();
      return deliveries.length === count && deliveries.every(({ status }) => status === "delivered");
    });

  test("fetch one token for many deliveries, which nothing keeps", async () => {
    await bench.subscribe({ url: endpoint.url, endpointAuth: endpointAuth() });
    await bench.publishMany(20);
    await bench.wake();
    await allDelivered(20);
    expect(issuer.total()).toBe(1);
    expect(endpoint.requests().every(({ headers }) => headers.authorization === `Bearer ${token()}`)).toBe(
      true,
    );
    const kept = await ledger();
    expect(kept).toContain("authorization: ***");
    expect(kept + JSON.stringify(dispatcher.attempts)).not.toContain("canary");
  });

  test("get a new token on 401 and repeat the request within the same attempt", async () => {
    await bench.subscribe({ url: endpoint.url, endpointAuth: endpointAuth() });
    await bench.publish();
    await bench.wake();
    await allDelivered(1);
    number += 10;
    const eventId = await bench.publish();
    await bench.wake();
    await allDelivered(2);
    expect(issuer.total()).toBe(2);
    expect(endpoint.total()).toBe(3);
    expect(await bench.attempts(eventId)).toMatchObject([{ n: 1, outcome: "http_2xx" }]);
    const [, refused, repeated] = endpoint.requests();
    expect(repeated?.body).toEqual(refused?.body);
    expect(repeated?.headers["webhook-id"]).toBe(refused?.headers["webhook-id"]);
  });

  test("end the attempt when the new token is refused too", async () => {
    endpoint.answer({ status: 401 });
    const { attempts } = await oneShots.deliver({ url: endpoint.url, endpointAuth: endpointAuth() });
    expect(attempts).toMatchObject([{ outcome: "http_4xx", status: 401 }]);
    expect([issuer.total(), endpoint.total()]).toEqual([2, 2]);
  });

  test("without a token nothing is sent, the reason says why, and a retry comes", async () => {
    issuer.answer({ status: 503, body: '{"error":"canary-error"}' });
    await bench.subscribe({ url: endpoint.url, endpointAuth: endpointAuth() });
    const eventId = await bench.publish();
    await bench.wake();
    await issuer.waitFor(1, patienceMs);
    issuer.answer(issueNext);
    await allDelivered(1);
    const [first] = await bench.attempts(eventId);
    expect(first).toMatchObject({ outcome: "auth_failed", status: null, nextStep: "retry" });
    expect(first?.reason).toContain(
      "no OAuth2 token for the endpoint: the token endpoint answered 503; retry 1",
    );
    expect(endpoint.total()).toBe(1);
    expect(await ledger()).not.toContain("canary");
  });

  test("a token endpoint that hangs ends the attempt within its deadline", async () => {
    issuer.answer({ hang: true });
    const { attempts } = await oneShots.deliver({ url: endpoint.url, endpointAuth: endpointAuth() });
    expect(attempts).toMatchObject([{ outcome: "auth_failed", status: null }]);
    expect(attempts[0]?.durationMs).toBeLessThan(60_000);
    expect(endpoint.total()).toBe(0);
  });

  test("a token that an endpoint sends back is not kept either when its answer never ends", async () => {
    const { attempts } = await oneShots.deliverTo(
      ({ headers }, response) => {
        response.writeHead(200, { "x-echo": headers.authorization }).write("part");
      },
      { endpointAuth: endpointAuth() },
    );
    expect(attempts).toMatchObject([{ outcome: "http_2xx" }]);
    const kept = await ledger();
    expect(kept).toContain("x-echo: Bearer ***");
    expect(kept + JSON.stringify(dispatcher.attempts)).not.toContain("canary");
  });

  test("a token endpoint at a private address is not asked", async () => {
    const { attempts } = await oneShots.deliver({
      url: endpoint.url,
      endpointAuth: { ...endpointAuth(), token_url: "https://169.254.169.254/token" },
    });
    expect(attempts[0]?.reason).toContain("the token endpoint's address is not allowed");
    expect(endpoint.total()).toBe(0);
  });
});

describe("a client certificate", () => {
  /** An endpoint that asks everybody for a certificate and remembers who came on which connection. */
  async function startGuarded(keepAlive: boolean) {
    const connections = new Map<TLSSocket, string[]>();
    const { certificate, key } = await authority.server("127.0.0.1");
    const server = createServer(
      { cert: certificate, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        const socket = request.socket as TLSSocket;
        const who = socket.authorized ? String(socket.getPeerCertificate().subject.CN) : "nobody";
        connections.set(socket, [...(connections.get(socket) ?? []), `${who}${request.url}`]);
        request.resume();
        response.writeHead(204, keepAlive ? {} : { connection: "close" }).end();
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const close = () => server.close().closeAllConnections();
    return { url, close, seen: () => [...connections.values()] };
  }

  test.each([
    [true, "kept alive"],
    [false, "opened anew, with TLS sessions at hand"],
  ])("is shown by its subscription only, over connections %s: %s", async (keepAlive) => {
    const endpoint = await startGuarded(keepAlive);
    const certificates = await Promise.all(["clinic-a", "clinic-b"].map(authority.client));
    const [a, b] = certificates.map((clientCertificate, i) => ({
      url: `${endpoint.url}/${"ab"[i]}`,
      clientCertificate,
    }));
    await bench.subscribe(a);
    await bench.subscribe(b);
    await bench.subscribe({ url: `${endpoint.url}/none` });
    for (let round = 0; round < 3; round++) {
      await bench.publishMany(5);
      await bench.wake();
      await waitUntil(async () => {
        const deliveries = await bench.deliveries();
        return (
          deliveries.length === (round + 1) * 15 && deliveries.every(({ status }) => status === "delivered")
        );
      });
    }
    const seen = endpoint.seen();
    expect(new Set(seen.flat())).toEqual(new Set(["clinic-a/a", "clinic-b/b", "nobody/none"]));
    for (const requests of seen) expect(new Set(requests).size).toBe(1);
    expect(seen.flat().filter((request) => request !== "nobody/none")).toHaveLength(30);
    endpoint.close();
  });

  test("that is none ends in a TLS fault, not in a hang", async () => {
    const endpoint = await startGuarded(true);
    const { attempts } = await oneShots.deliver({
      url: endpoint.url,
      clientCertificate: { certificate: "canary", key: "canary" },
    });
    expect(attempts).toMatchObject([{ outcome: "network_tls", status: null }]);
    expect(await ledger()).not.toContain("canary");
    endpoint.close();
  });
});
