import { expect, test } from "vitest";
import { createSendRequest } from "../api/request.ts";
import type { CommandContext } from "../command-context.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { createOutput } from "../output/output.ts";
import type { Check } from "./check.ts";
import { doctor } from "./doctor.ts";

const url = "https://api.example.com";
const settings = {
  demo: null,
  find: (name: string) =>
    name === "url" || name === "apiKey" ? { value: name === "url" ? url : "cw_test", source: "test" } : null,
  need: () => url,
};

type Answers = Record<string, [status: number, body?: unknown]>;

const healthy: Answers = {
  "/readyz": [200],
  "/v1/session": [200, {}],
  "/v1/audit/verify": [200, { ok: true, entries: 3, head_seq: "3", complete: true, fault: null }],
  "/v1/doctor": [200, { checks: [{ name: "partitions", status: "ok", detail: "there" }] }],
};

/** Lets doctor look at an API that gives these answers; what is not named is refused as a healthy one would. */
async function look(answers: Answers): Promise<{ checks: Map<string, Check>; exitCode: number }> {
  const said: string[] = [];
  const hear = { write: (text: string) => void said.push(text) };
  const output = createOutput({ stdout: hear, stderr: hear, json: true, noColor: true, forceColor: false });
  const fetch = (async (address: URL) => {
    const [status, body = {}] = { ...healthy, ...answers }[`${address.pathname}${address.search}`] ?? [404];
    return Response.json(body, { status });
  }) as typeof globalThis.fetch;
  const api = () => createSendRequest({ url, apiKey: "cw_test", fetch });
  const context = { settings, output, fetch, api, now: () => 0 } as unknown as CommandContext;
  let exitCode: number = exitCodes.ok;
  await doctor(context).catch((error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    exitCode = error.exitCode;
  });
  const { checks } = JSON.parse(said.join("")) as { checks: Check[] };
  return { checks: new Map(checks.map((check) => [check.name, check])), exitCode };
}

test("behind a gateway that passes on no /readyz everything else is looked at", async () => {
  const { checks, exitCode } = await look({ "/readyz": [404] });
  expect(checks.get("connection")?.status).toBe("skipped");
  expect([checks.get("audit chain")?.status, checks.get("partitions")?.status]).toEqual(["ok", "ok"]);
  expect(exitCode).toBe(exitCodes.ok);
});

test("where nothing is, that is not taken for a gateway", async () => {
  const { exitCode } = await look({ "/readyz": [404], "/v1/session": [404] });
  expect(exitCode).toBe(exitCodes.checkFailed);
});

test("an audit chain is looked at to its end, however long it is", async () => {
  const first = { ok: true, entries: 50_000, head_seq: "50000", complete: false, fault: null };
  const whole = await look({
    "/v1/audit/verify": [200, first],
    "/v1/audit/verify?after_seq=50000": [200, { ...first, entries: 7, head_seq: "50007", complete: true }],
  });
  expect(whole.checks.get("audit chain")?.detail).toMatch(/^50007 entries/);
  const altered = await look({
    "/v1/audit/verify": [200, first],
    "/v1/audit/verify?after_seq=50000": [
      200,
      { ok: false, entries: 6, head_seq: null, complete: true, fault: { seq: "50007", reason: "altered" } },
    ],
  });
  expect(altered.checks.get("audit chain")).toMatchObject({ status: "failed" });
  expect(altered.exitCode).toBe(exitCodes.checkFailed);
});

test("what the key may not ask is skipped, what a proxy forbids is not", async () => {
  const lacks = await look({ "/v1/doctor": [403, { code: "insufficient_scope", detail: "needs a scope" }] });
  expect([lacks.checks.get("platform")?.status, lacks.exitCode]).toEqual(["skipped", exitCodes.ok]);
  const forbidden = await look({ "/v1/session": [403] });
  expect(forbidden.exitCode).toBe(exitCodes.checkFailed);
});
