import { verify } from "@carewire/sdk";
import { eventually } from "@carewire/testkit";
import { afterAll, expect, test } from "vitest";
import { isConserved, readBalance } from "../conservation.ts";
import { interrupt, said, startCliStack } from "./cli-stack.ts";
import { hasTmux, openTerminal } from "./terminal.ts";

const stack = await startCliStack();
const { world, cli, proxy, json, listen, publish, receivedOf, allDelivered } = stack;
afterAll(() => stack.close());

const cleanly = { code: 0, signal: null };

test("listen forwards real deliveries byte for byte and genuine, and what was answered is on the delivery", async () => {
  const { program, ready } = await listen("--print-secret", "--events", "order.*");
  const id = await publish("o-1");
  const [request] = await eventually(() => (receivedOf(id).length === 1 ? receivedOf(id) : null));
  const { headers, body } = request as { headers: Record<string, string>; body: Buffer };
  expect(verify(body, headers, String(ready.secret))).toMatchObject({ ok: true, id });
  expect(headers["user-agent"]).toBe("Carewire/1");
  await eventually(() => said(program).some(({ kind, status }) => kind === "answer" && status === 200));
  const delivered = await eventually(async () => {
    const { data } = (await json("deliveries", "list", "--event", id)) as { data: Record<string, unknown>[] };
    return data[0]?.status === "delivered" && data[0];
  });
  const { data: attempts } = (await json("deliveries", "attempts", String(delivered.id))) as {
    data: Record<string, unknown>[];
  };
  expect(attempts).toMatchObject([{ n: 1, response_code: 200, request_headers: { "webhook-id": id } }]);
  expect(await interrupt(program)).toEqual(cleanly);
});

test("listen takes up its subscription again: same secret, and what came meanwhile comes now", async () => {
  const meanwhile = await publish("o-2");
  const first = await listen("--print-secret");
  await eventually(() => receivedOf(meanwhile).length === 1);
  expect(await interrupt(first.program)).toEqual(cleanly);
  const second = await listen("--print-secret");
  expect(second.ready).toMatchObject({
    subscription_id: first.ready.subscription_id,
    secret: first.ready.secret,
  });
  expect(await interrupt(second.program)).toEqual(cleanly);
  const third = await listen();
  expect(third.ready.secret).toBeUndefined();
  expect(await interrupt(third.program)).toEqual(cleanly);
});

test("connections that break lose nothing, and forward nothing twice", async () => {
  const { program } = await listen();
  world.receiver.answer({ delayMs: 150 });
  const ids: string[] = [];
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 5; i++) ids.push(await publish(`o-3-${round}-${i}`));
    proxy.cut();
    await eventually(() => proxy.connections() === 0);
    proxy.restore();
  }
  await eventually(() => ids.every((id) => receivedOf(id).length > 0));
  await allDelivered();
  expect(ids.filter((id) => receivedOf(id).length !== 1)).toEqual([]);
  const balance = await readBalance(world.sql);
  expect(isConserved(balance), JSON.stringify(balance)).toBe(true);
  world.receiver.answer({});
  expect(await interrupt(program)).toEqual(cleanly);
});

test("an API that is killed in the middle loses nothing, and nothing is forwarded twice", async () => {
  const { program } = await listen();
  world.receiver.answer({ delayMs: 300 });
  const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => publish(`o-kill-${i}`)));
  await eventually(() => ids.some((id) => receivedOf(id).length > 0));
  await stack.replaceApi();
  await eventually(() => ids.every((id) => receivedOf(id).length > 0));
  await allDelivered();
  expect(ids.filter((id) => receivedOf(id).length !== 1)).toEqual([]);
  const balance = await readBalance(world.sql);
  expect(isConserved(balance), JSON.stringify(balance)).toBe(true);
  world.receiver.answer({});
  expect(await interrupt(program)).toEqual(cleanly);
});

test("a second listener of the same name takes over, and the first one says so", async () => {
  const first = await listen();
  const second = await listen();
  expect((await first.program.exited).code).toBe(1);
  expect(first.program.output()).toContain("taken over");
  const id = await publish("o-4");
  await eventually(() => receivedOf(id).length === 1);
  expect(await interrupt(second.program)).toEqual(cleanly);
});

test.skipIf(!hasTmux)(
  "in tmux listen shows requests and answers as they happen, and Ctrl-C ends it",
  async () => {
    const terminal = await openTerminal(cli);
    try {
      await terminal.enter(`listen --forward-to ${world.receiver.url}/hooks`);
      await terminal.shows(/Ready\..*[\s\S]*secret +whsec_/);
      await publish("o-6");
      await terminal.shows(/--> order\.paid[\s\S]*<-- 200 in \d+ ms/);
      await terminal.type("C-c");
      await terminal.shows(/ended with 0\n/);
    } finally {
      await terminal.close();
    }
  },
);
