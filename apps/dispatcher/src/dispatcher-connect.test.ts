import { createServer } from "node:net";
import { findFreePort, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createOneShots, type OneShots } from "./testing/deliver-once.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";

let bench: DeliveryBench;
let oneShots: OneShots;
let dispatcher: RunningDispatcher;
let resolved: string[] = [];
let answers: (string[] | Error)[] = [];

beforeAll(async () => {
  bench = await createDeliveryBench();
  oneShots = createOneShots(bench);
  const resolve = async (name: string) => {
    resolved.push(name);
    const answer = answers.shift() ?? ["127.0.0.1"];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const policy = { environment: "local", allow: ["hooks.example.com"] } as const;
  dispatcher = await startDispatcher(bench, { egress: { policy, resolve } });
});
afterAll(async () => {
  await dispatcher.stop();
  expect(await dispatcher.inFlight()).toBe(0);
  expect(dispatcher.errors).toEqual([]);
  await bench.close();
});
beforeEach(async () => {
  await bench.reset();
  [resolved, answers] = [[], []];
  return () => oneShots.closeServers();
});

const errors = async () =>
  (await bench.sql<{ error: string | null }[]>`select error from attempts order by id`).map(
    ({ error }) => error,
  );

test("a name that resolves at the second try costs no attempt, and the attempt says what happened", async () => {
  const receiver = await startReceiver();
  answers = [new Error("SERVFAIL")];
  const { attempts } = await oneShots.deliver({ url: `http://hooks.example.com:${receiver.port}/` });
  expect(attempts).toMatchObject([{ outcome: "http_2xx" }]);
  expect(await errors()).toEqual([
    "the first try found the host name did not resolve (destination_unresolvable)",
  ]);
  expect(receiver.total()).toBe(1);
  await receiver.close();
});

test("a name that does not resolve is asked for twice, and that is all", async () => {
  answers = [new Error("NXDOMAIN"), new Error("NXDOMAIN"), new Error("NXDOMAIN")];
  const { attempts } = await oneShots.deliver({ url: "http://hooks.example.com/" });
  expect(attempts).toMatchObject([{ outcome: "network_dns" }]);
  expect(attempts[0]?.reason).toContain("did not resolve (destination_unresolvable), tried twice");
  expect(resolved).toHaveLength(2);
});

test("a refused connection is tried twice within the attempt, and the reason says so", async () => {
  const { attempts } = await oneShots.deliver({ url: `http://127.0.0.1:${await findFreePort()}/` });
  expect(attempts).toMatchObject([{ outcome: "network_connect" }]);
  expect(attempts[0]?.reason).toContain("no connection (ECONNREFUSED), tried twice");
});

test("a connection reset during TLS is tried twice", async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on("error", () => {}).once("data", () => socket.resetAndDestroy());
  });
  const port = await listening(server);
  const { attempts } = await oneShots.deliver({ url: `https://127.0.0.1:${port}/` });
  expect(attempts).toMatchObject([{ outcome: "network_reset" }]);
  expect(connections).toBe(2);
  server.close();
});

test("a connection that breaks after the request has left is not tried again within the attempt", async () => {
  let requests = 0;
  const server = createServer((socket) => {
    socket
      .on("error", () => {})
      .once("data", () => {
        requests++;
        socket.resetAndDestroy();
      });
  });
  const port = await listening(server);
  const { attempts } = await oneShots.deliver({ url: `http://127.0.0.1:${port}/` });
  expect(attempts).toMatchObject([{ outcome: "network_reset" }]);
  expect(attempts[0]?.reason).not.toContain("twice");
  expect(requests).toBe(1);
  server.close();
});

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
