import { addressOf } from "../api/request.ts";
import type { CommandContext } from "../command-context.ts";
import type { SettingName } from "../config/settings.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { type Check, failed, ok, skipped } from "./check.ts";
import { otherApps } from "./other-apps.ts";

const skewMsMax = 5_000;

function checkConfiguration({ settings }: CommandContext): Check {
  const missing = (["url", "apiKey"] as SettingName[]).filter((name) => settings.find(name) === null);
  if (missing.length > 0)
    return failed("configuration", `not set: ${missing.join(", ")}; see carewire config`);
  return ok("configuration", `${settings.need("url")}, key from ${settings.find("apiKey")?.source}`);
}

/** Is an app there, and has it what it needs. */
async function checkReadiness(context: CommandContext, name: string, url: string): Promise<Readiness> {
  const address = addressOf(url, "/readyz");
  const startedMs = context.now();
  const response = await context.fetch(address, { signal: AbortSignal.timeout(10_000) }).catch(() => null);
  if (response === null) return { check: failed(name, `${address.origin} cannot be reached`), answer: null };
  const endedMs = context.now();
  await response.body?.cancel();
  const check = readinessOf(name, address.origin, response.status, endedMs - startedMs);
  return { check, answer: { date: response.headers.get("date"), startedMs, endedMs } };
}

function readinessOf(name: string, origin: string, status: number, durationMs: number): Check {
  switch (status) {
    case 200:
      return ok(name, `${origin} is ready, in ${durationMs} ms`);
    // A gateway passes on what is for its callers, and this is for whoever runs the app.
    case 404:
      return skipped(name, `${origin} answers, but does not tell from here whether it is ready`);
    default:
      return failed(name, `${origin} is not ready: /readyz answered ${status}`);
  }
}

interface Readiness {
  check: Check;
  answer: { date: string | null; startedMs: number; endedMs: number } | null;
}

function checkClock(ready: Readiness): Check[] {
  if (ready.answer === null) return [];
  const { date, startedMs, endedMs } = ready.answer;
  const dateMs = Date.parse(date ?? "");
  if (Number.isNaN(dateMs)) return [skipped("clock", "the server did not say what time it is")];
  // The header has whole seconds, and was written at some time between question and answer.
  const skewMs = Math.max(0, startedMs - (dateMs + 999), dateMs - endedMs);
  const text = `this machine's clock and the server's differ by ${(skewMs / 1_000).toFixed(1)} s`;
  return [skewMs > skewMsMax ? failed("clock", `${text}: signatures will be refused`) : ok("clock", text)];
}

/** The API, and its clock. */
async function checkConnection(context: CommandContext): Promise<Check[]> {
  const ready = await checkReadiness(context, "connection", context.settings.need("url"));
  return [ready.check, ...checkClock(ready)];
}

/** The other apps that are known: dlq-admin where it is set, and all of a local stack. */
async function checkOtherApps(context: CommandContext): Promise<Check[]> {
  const checks = await Promise.all(
    otherApps(context.settings).map(([name, url]) => checkReadiness(context, name, url)),
  );
  return checks.map(({ check }) => check);
}

/** A question to the API as a check; what the key may not ask is skipped. */
async function ask(name: string, question: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const isForbidden = error.details.code === "insufficient_scope";
    return [isForbidden ? skipped(name, error.message) : failed(name, error.message)];
  }
}

async function checkKey(context: CommandContext): Promise<Check[]> {
  await context.api()({ method: "GET", path: "/v1/session" });
  return [ok("API key", "accepted")];
}

interface AuditVerdict {
  ok: boolean;
  entries: number;
  head_seq: string | null;
  complete: boolean;
  fault: { seq: string; reason: string } | null;
}

/** The whole chain, as many entries at a time as are looked at in one request. */
async function checkAudit(context: CommandContext): Promise<Check[]> {
  const request = context.api();
  let entries = 0;
  let after: string | undefined;
  for (;;) {
    const query = { after_seq: after };
    const verdict = await request({ method: "GET", path: "/v1/audit/verify", query, timeoutMs: 60_000 });
    const { ok: isWhole, fault, complete, head_seq, ...checked } = verdict as unknown as AuditVerdict;
    if (!isWhole) return [failed("audit chain", `broken at entry ${fault?.seq}: ${fault?.reason}`)];
    entries += checked.entries;
    if (complete || head_seq === null || head_seq === after) {
      return [ok("audit chain", `${entries} entries of this organization, unbroken`)];
    }
    after = head_seq;
  }
}

/** What the platform says of itself. Asked with the operators' key, when there is one. */
async function checkPlatform(context: CommandContext): Promise<Check[]> {
  const admin = context.settings.find("adminApiKey")?.value;
  const request = admin === undefined ? context.api() : context.apiAs(admin);
  const { checks } = await request({ method: "GET", path: "/v1/doctor", timeoutMs: 60_000 });
  return checks as Check[];
}

const signs = { ok: "ok", warning: "warning", failed: "failed", skipped: "skipped" } as const;

/** Prints checks; true when none failed. */
export function reportChecks({ output }: CommandContext, checks: readonly Check[]): boolean {
  const { colors } = output;
  const paint = { ok: colors.green, warning: colors.yellow, failed: colors.red, skipped: colors.dim };
  const isWell = checks.every(({ status }) => status !== "failed");
  const width = Math.max(...checks.map(({ name }) => name.length));
  output.result({ ok: isWell, checks }, () =>
    checks
      .map(
        ({ name, status, detail }) =>
          `${paint[status](signs[status].padEnd(7))}  ${name.padEnd(width)}  ${detail}`,
      )
      .join("\n"),
  );
  return isWell;
}

/** `carewire doctor`: is everything as it should be. Exit code 6 when something is not. */
export async function doctor(context: CommandContext): Promise<void> {
  const checks = [checkConfiguration(context)];
  if (checks[0]?.status === "ok") {
    checks.push(...(await checkConnection(context)), ...(await checkOtherApps(context)));
    if (checks.some(({ name, status }) => name === "connection" && status !== "failed")) {
      checks.push(...(await ask("API key", () => checkKey(context))));
      checks.push(...(await ask("audit chain", () => checkAudit(context))));
      checks.push(...(await ask("platform", () => checkPlatform(context))));
    }
  }
  if (!reportChecks(context, checks)) {
    const names = checks.filter(({ status }) => status === "failed").map(({ name }) => name);
    throw new CliError(`Not as it should be: ${names.join(", ")}.`, exitCodes.checkFailed);
  }
}
