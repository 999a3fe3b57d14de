import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { verify } from "@carewire/sdk";
import { type ChildProgram, eventually, startTcpProxy, type TcpProxy } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isConserved, readBalance } from "../conservation.ts";
import { createApiClient } from "../world/api-client.ts";
import { standardSecret, stripeSecret } from "../world/app-settings.ts";
import { createWorld, type World } from "../world/create-world.ts";
import type { RunningApp } from "../world/start-app.ts";
import { buildCli, type CliProgram } from "./cli-program.ts";
import { createOperatorKey } from "./operator-key.ts";

let world: World;
let cli: CliProgram;
let proxy: TcpProxy;
let api: RunningApp;
let key: string;

beforeAll(async () => {
  [world, cli] = await Promise.all([createWorld(), buildCli()]);
  key = await createOperatorKey(world.sql, world.tenant.organizationId);
  const [subscriptionsApi, ingress, dispatcher, dlqAdmin] = await Promise.all([
    world.start("subscriptions-api"),
    world.start("ingress-payments"),
    world.start("dispatcher"),
    world.start("dlq-admin"),
  ]);
  api = subscriptionsApi;
  proxy = await startTcpProxy({ target: { port: Number(new URL(api.url).port) } });
  cli.writeDemo({
    api_key: key,
    admin_api_key: key,
    urls: {
      "subscriptions-api": `http://127.0.0.1:${proxy.port}`,
      "ingress-payments": ingress.url,
      "dlq-admin": dlqAdmin.url,
    },
    secrets: { STRIPE_WEBHOOK_SECRET: stripeSecret },
    pids: { dispatcher: dispatcher.pid },
  });
});

afterAll(async () => {
  await proxy?.close();
  await world?.close();
  cli?.remove();
});

const json = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await cli.run([...args, "--json"]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
};

/** What `listen --json` said so far. */
const said = (program: ChildProgram): Record<string, unknown>[] =>
  program
    .output()
    .split("\n")
    .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Record<string, unknown>] : []));

async function startListening(
  ...more: string[]
): Promise<{ program: ChildProgram; ready: Record<string, unknown> }> {
  const program = await cli.start([
    "listen",
    "--forward-to",
    `${world.receiver.url}/hooks`,
    "--json",
    ...more,
  ]);
  const ready = await eventually(() => said(program).find(({ kind }) => kind === "ready"), {
    timeoutMs: 20_000,
  });
  return { program, ready };
}

/** Publishes an event, past the proxy; returns its id. */
async function publish(order: string): Promise<string> {
  const body = { type: "order.paid", data: { order_id: order, customer_id: "c-1" } };
  const client = createApiClient({ url: api.url, key });
  return (await client.post<{ id: string }>("/v1/events", body)).id;
}

const receivedOf = (id: string) =>
  world.receiver.requests().filter(({ headers }) => headers["webhook-id"] === id);

/** Resolves when no delivery is open any more. */
async function allDelivered(): Promise<void> {
  await eventually(
    async () => {
      const [row] = await world.sql`select count(*)::int open from deliveries where status in (0, 1)`;
      return row?.open === 0;
    },
    { timeoutMs: 30_000 },
  );
}

async function stop(program: ChildProgram): Promise<void> {
  program.kill("SIGINT");
  expect(await program.exited).toEqual({ code: 0, signal: null });
}

test("listen forwards real deliveries byte for byte and genuine, and what was answered is on the delivery", async () => {
  const { program, ready } = await startListening("--print-secret", "--events", "order.*");
  const id = await publish("o-1");
  const [request] = await eventually(() => (receivedOf(id).length === 1 ? receivedOf(id) : null), {
    timeoutMs: 10_000,
  });
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
  await stop(program);
});

test("listen takes up its subscription again: same secret, and what came meanwhile comes now", async () => {
  const meanwhile = await publish("o-2");
  const first = await startListening("--print-secret");
  await eventually(() => receivedOf(meanwhile).length === 1, { timeoutMs: 10_000 });
  await stop(first.program);
  const second = await startListening("--print-secret");
  expect(second.ready).toMatchObject({
    subscription_id: first.ready.subscription_id,
    secret: first.ready.secret,
  });
  await stop(second.program);
  const third = await startListening();
  expect(third.ready.secret).toBeUndefined();
  await stop(third.program);
});

test("connections that break lose nothing, and forward nothing twice", async () => {
  const { program } = await startListening();
  world.receiver.answer({ delayMs: 150 });
  const ids: string[] = [];
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 5; i++) ids.push(await publish(`o-3-${round}-${i}`));
    proxy.cut();
    await eventually(() => proxy.connections() === 0);
    proxy.restore();
  }
  await eventually(() => ids.every((id) => receivedOf(id).length > 0), { timeoutMs: 30_000 });
  await allDelivered();
  expect(ids.filter((id) => receivedOf(id).length !== 1)).toEqual([]);
  const balance = await readBalance(world.sql);
  expect(isConserved(balance), JSON.stringify(balance)).toBe(true);
  world.receiver.answer({});
  await stop(program);
});

test("an API that is killed in the middle loses nothing, and nothing is forwarded twice", async () => {
  const { program } = await startListening();
  world.receiver.answer({ delayMs: 300 });
  const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => publish(`o-kill-${i}`)));
  await eventually(() => ids.some((id) => receivedOf(id).length > 0), { timeoutMs: 10_000 });
  api.kill("SIGKILL");
  await api.exited;
  api = await world.start("subscriptions-api", { PORT: new URL(api.url).port });
  await eventually(() => ids.every((id) => receivedOf(id).length > 0), { timeoutMs: 30_000 });
  await allDelivered();
  expect(ids.filter((id) => receivedOf(id).length !== 1)).toEqual([]);
  const balance = await readBalance(world.sql);
  expect(isConserved(balance), JSON.stringify(balance)).toBe(true);
  world.receiver.answer({});
  await stop(program);
});

test("a second listener of the same name takes over, and the first one says so", async () => {
  const first = await startListening();
  const second = await startListening();
  expect((await first.program.exited).code).toBe(1);
  expect(first.program.output()).toContain("taken over");
  const id = await publish("o-4");
  await eventually(() => receivedOf(id).length === 1, { timeoutMs: 10_000 });
  await stop(second.program);
});

test("trigger sends what Stripe would send, and tail tells what happens", async () => {
  const tail = await cli.start(["tail", "--json"]);
  await eventually(() => said(tail).some(({ kind }) => kind === "ready"), { timeoutMs: 20_000 });
  const answer = await json("trigger", "stripe:invoice.payment_failed");
  expect(answer).toMatchObject({
    provider: "stripe",
    status: 200,
    answer: expect.stringContaining('"received":true'),
  });
  const published = await json("trigger", "order.paid", "--data", "order_id=o-5", "--data", '{"amount": 5}');
  expect(published).toMatchObject({ type: "order.paid" });
  const again = await json("trigger", "stripe:invoice.payment_failed");
  expect(again.answer).not.toContain("duplicate");
  const told = () => said(tail).find(({ kind, id }) => kind === "event" && id === published.id);
  expect(await eventually(told, { timeoutMs: 20_000 })).toMatchObject({ type: "order.paid" });
  await stop(tail);
  const wrong = await cli.run(["trigger", "stripe:charge.refunded"], {
    STRIPE_WEBHOOK_SECRET: "whsec_wrong",
  });
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("answered 401") });
  const unknown = await cli.run(["trigger", "stripe:nothing.happened"]);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("invoice.payment_failed") });
});

test("verify tells a genuine request from one that was changed", async () => {
  const [request] = world.receiver.requests();
  const { program, ready } = await startListening("--print-secret");
  await stop(program);
  const { headers, body } = request as { headers: Record<string, string>; body: Buffer };
  const head = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  const file = join(cli.folder, "request.http");
  writeFileSync(file, Buffer.concat([Buffer.from(`POST /hooks HTTP/1.1\r\n${head}\r\n`), body]));
  const genuine = await cli.run(["verify", file, "--secret", String(ready.secret)]);
  expect(genuine).toMatchObject({ code: 0, stdout: expect.stringMatching(/^genuine: /) });
  writeFileSync(file, Buffer.concat([Buffer.from(`${head}\r\n`), body, Buffer.from(" ")]));
  const changed = await cli.run(["verify", file, "--secret", String(ready.secret), "--json"]);
  expect(changed.code).toBe(6);
  expect(JSON.parse(changed.stderr)).toMatchObject({ ok: false, code: "signature_mismatch", exit_code: 6 });
  const other = await cli.run(["verify", file, "--secret", standardSecret]);
  expect(other.code).toBe(6);
  expect(`${changed.stderr}${other.stderr}`).not.toContain("whsec_");
});

test("doctor finds nothing wrong, and after the self-test nothing is unaccounted", async () => {
  const report = (await json("doctor")) as { ok: boolean; checks: { name: string; status: string }[] };
  expect(report.ok).toBe(true);
  const names = report.checks.filter(({ status }) => status !== "skipped").map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      "connection",
      "clock",
      "API key",
      "partitions",
      "conservation of deliveries",
      "audit chains",
    ]),
  );
  const chaos = await cli.run(["doctor", "--chaos", "--events", "60", "--seconds", "40"]);
  expect(chaos.stdout, chaos.stderr).toMatch(/^0 of 60 unaccounted\n {2}60 delivered/);
  expect(chaos.code).toBe(0);
});

test("commands answer in text and JSON, page by page, and with the exit codes that are documented", async () => {
  const list = await json("subscriptions", "list", "--limit", "1");
  expect(list.data).toHaveLength(1);
  const made = await json(
    "subscriptions",
    "create",
    "--name",
    "x",
    "--endpoint-url",
    "http://127.0.0.1:9999/x",
    "--events",
    "order.paid",
  );
  expect(made.secret).toBe("********");
  expect((await json("subscriptions", "secret", String(made.id))).secret).toMatch(/^whsec_/);
  expect((await json("subscriptions", "delete", String(made.id))).deleted).toBe(true);
  expect(await json("dlq", "depth")).toMatchObject({ depth: 0 });
  expect(await json("replay", "--since", "1h", "--filter", "status=delivered", "--dry-run")).toHaveProperty(
    "total",
  );
  expect((await cli.run(["deliveries", "get", "dlv_nothing"])).code).toBe(4);
  expect((await cli.run(["deliveries", "list"], { CAREWIRE_API_KEY: "cw_live_wrong" })).code).toBe(3);
  expect((await cli.run(["deliveries", "list"], { CAREWIRE_URL: "http://127.0.0.1:9" })).code).toBe(5);
  expect((await cli.run(["deliveries", "lost"])).code).toBe(2);
  expect((await cli.run(["subscriptions", "create", "--name", "x"])).code).toBe(1);
  const help = await cli.run(["replay", "--help"]);
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining("Examples:") });
});

test("a profile that was kept is used, and only its owner can read it", async () => {
  const url = `http://127.0.0.1:${proxy.port}`;
  const kept = await cli.run(["login", "--profile", "staging", "--url", url], { CAREWIRE_API_KEY: key });
  expect(kept.code, kept.stderr).toBe(0);
  expect(`${kept.stdout}${kept.stderr}`).not.toContain(key);
  const config = await cli.run(["config", "--profile", "staging", "--json"]);
  expect(config.stdout).toContain("profile staging");
  expect(config.stdout).not.toContain(key);
  expect(
    (await cli.run(["login", "--profile", "bad", "--url", url], { CAREWIRE_API_KEY: "cw_live_wrong" })).code,
  ).toBe(3);
});

const escapeSequence = "\u001b[";
const run = promisify(execFile);

test("in a terminal there are colours and the secret; in a pipe, with NO_COLOR and in JSON there are none", async () => {
  const list = `${process.execPath} ${cli.file} deliveries list --limit 1`;
  const inTerminal = await run("script", ["-qec", list, "/dev/null"], { cwd: cli.folder, env: cli.env });
  expect(inTerminal.stdout).toContain(escapeSequence);
  const without = await run("script", ["-qec", list, "/dev/null"], {
    cwd: cli.folder,
    env: { ...cli.env, NO_COLOR: "1" },
  });
  expect(without.stdout).not.toContain(escapeSequence);
  const piped = await cli.run(["deliveries", "list", "--limit", "1"]);
  expect(piped.stdout).not.toContain(escapeSequence);
  const asJson = await run("script", ["-qec", `${list} --json`, "/dev/null"], {
    cwd: cli.folder,
    env: cli.env,
  });
  expect(asJson.stdout).not.toContain(escapeSequence);
});

const hasTmux = await run("tmux", ["-V"]).then(
  () => true,
  () => false,
);

test.skipIf(!hasTmux)(
  "in tmux listen shows requests and answers as they happen, and Ctrl-C ends it",
  async () => {
    const socket = `carewire-${process.pid}`;
    const tmux = (...args: string[]) =>
      run("tmux", ["-L", socket, ...args], { cwd: cli.folder, env: cli.env });
    const screen = async () => (await tmux("capture-pane", "-p", "-t", "cli")).stdout;
    await tmux("-f", "/dev/null", "new-session", "-d", "-s", "cli", "-x", "160", "-y", "40", "sh");
    try {
      await tmux(
        "send-keys",
        "-t",
        "cli",
        `${process.execPath} ${cli.file} listen --forward-to ${world.receiver.url}/hooks; echo ended with $?`,
        "Enter",
      );
      await eventually(async () => /Ready\..*[\s\S]*secret +whsec_/.test(await screen()), {
        timeoutMs: 20_000,
      });
      const id = await publish("o-6");
      await eventually(async () => /--> order\.paid[\s\S]*<-- 200 in \d+ ms/.test(await screen()), {
        timeoutMs: 10_000,
        description: id,
      });
      await tmux("send-keys", "-t", "cli", "C-c");
      await eventually(async () => (await screen()).includes("ended with 0"), { timeoutMs: 10_000 });
    } finally {
      await tmux("kill-server").catch(() => {});
    }
  },
);
