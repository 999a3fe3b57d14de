import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "@carewire/testkit";
import { afterAll, expect, test } from "vitest";
import { standardSecret } from "../world/app-settings.ts";
import { interrupt, said, startCliStack } from "./cli-stack.ts";
import { hasTmux, openTerminal } from "./terminal.ts";

const stack = await startCliStack();
const { cli, proxy, key, json, listen, publish, receivedOf } = stack;
afterAll(() => stack.close());

const cleanly = { code: 0, signal: null };

test("trigger sends what Stripe would send, and tail tells what happens", async () => {
  const tail = await cli.start(["tail", "--json"]);
  await eventually(() => said(tail).some(({ kind }) => kind === "ready"));
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
  expect(await eventually(told)).toMatchObject({ type: "order.paid" });
  expect(await interrupt(tail)).toEqual(cleanly);
  const wrong = await cli.run(["trigger", "stripe:charge.refunded"], {
    STRIPE_WEBHOOK_SECRET: "whsec_wrong",
  });
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("answered 401") });
  const unknown = await cli.run(["trigger", "stripe:nothing.happened"]);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("invoice.payment_failed") });
});

test("verify tells a genuine request from one that was changed", async () => {
  const { program, ready } = await listen("--print-secret");
  const id = await publish("o-7");
  const [request] = await eventually(() => (receivedOf(id).length > 0 ? receivedOf(id) : null));
  expect(await interrupt(program)).toEqual(cleanly);
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
  // An app whose check a busy machine made late is rightly called not ready.
  const report = (await eventually(() => json("doctor"), { description: "nothing wrong" })) as {
    ok: boolean;
    checks: { name: string; status: string }[];
  };
  expect(report.ok).toBe(true);
  const names = report.checks.filter(({ status }) => status !== "skipped").map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      "connection",
      "dlq-admin",
      "ingress-payments",
      "clock",
      "API key",
      "partitions",
      "conservation of deliveries",
      "audit chains",
    ]),
  );
  const chaos = await cli.run(["doctor", "--chaos", "--events", "60", "--seconds", "100"]);
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
  const elsewhere = { CAREWIRE_URL: "http://127.0.0.1:9" };
  expect((await cli.run(["deliveries", "list"], { ...elsewhere, CAREWIRE_API_KEY: key })).code).toBe(5);
  expect((await cli.run(["deliveries", "list"], elsewhere)).code).toBe(2);
  expect((await cli.run(["deliveries", "lost"])).code).toBe(2);
  expect((await cli.run(["subscriptions", "create", "--name", "x"])).code).toBe(1);
  const misspelt = await cli.run(["deliveries", "lost", "--json"]);
  expect(JSON.parse(misspelt.stderr)).toMatchObject({ exit_code: 2, code: "commander.unknownCommand" });
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

test.skipIf(!hasTmux)("in tmux login asks for the key without showing it, and can be left", async () => {
  const terminal = await openTerminal(cli);
  try {
    await terminal.enter(`login --profile typed --url http://127.0.0.1:${proxy.port}`);
    await terminal.shows(/^API key:/m);
    await terminal.type("cw_live_half", "C-c");
    await terminal.shows(/Interrupted; nothing was kept\.\nended with 130\n/);
    await terminal.enter(`login --profile typed --url http://127.0.0.1:${proxy.port}`);
    await terminal.shows(/(API key:[\s\S]*){2}/);
    await terminal.type("C-d");
    await terminal.shows(/ended with 2\n/);
    await terminal.enter(`login --profile typed --url http://127.0.0.1:${proxy.port}`);
    await terminal.shows(/(API key:[\s\S]*){3}/);
    await terminal.type(key, "Enter");
    const screen = await terminal.shows(/Profile typed of[\s\S]*ended with 0\n/);
    expect(screen).not.toMatch(/cw_live_/);
    expect((await cli.run(["config", "--profile", "typed"])).stdout).toContain("(profile typed)");
  } finally {
    await terminal.close();
  }
});

const escapeSequence = "\u001b[";
const run = promisify(execFile);

// What `script` takes differs elsewhere.
test.skipIf(process.platform !== "linux")(
  "in a terminal there are colours and the secret; in a pipe, with NO_COLOR and in JSON there are none",
  async () => {
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
  },
);
