import { readFileSync } from "node:fs";
import { verify as verifyWebhook, type WebhookScheme } from "@carewire/sdk/verify";
import type { CommandContext } from "./command-context.ts";
import { momentOf } from "./commands/moments.ts";
import { CliError, exitCodes } from "./exit-codes.ts";

export const webhookSchemes: readonly WebhookScheme[] = ["standard-webhooks", "svix", "eka"];
/** A hundred years, in seconds. */
export const toleranceSecondsMax = 100 * 366 * 86_400;

export interface VerifyCommandOptions {
  secret: string[];
  header?: string[];
  scheme?: WebhookScheme;
  tolerance?: number;
  at?: string;
}

interface SavedRequest {
  headers: Record<string, string>;
  body: Uint8Array;
}

const headerLine = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/;

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const match = headerLine.exec(line);
    if (match === null)
      throw new CliError(`"${line.slice(0, 60)}" is no header: write name: value`, exitCodes.usage);
    headers[(match[1] ?? "").toLowerCase()] = match[2] ?? "";
  }
  return headers;
}

/** A request as it went over the wire: a request line or none, headers, an empty line, and the body's exact bytes. */
function parseRequest(bytes: Buffer): SavedRequest {
  const end = [bytes.indexOf("\r\n\r\n"), bytes.indexOf("\n\n")]
    .filter((at) => at >= 0)
    .sort((a, b) => a - b)[0];
  if (end === undefined) {
    throw new CliError(
      "The file holds no headers. Save the whole request (headers, an empty line, the body), or give each header with -H.",
      exitCodes.usage,
    );
  }
  const bodyAt = end + (bytes[end] === 0x0d ? 4 : 2);
  const lines = bytes.subarray(0, end).toString("latin1").split(/\r?\n/);
  if (/^[A-Z]+ \S+( HTTP\/[\d.]+)?$/.test(lines[0] ?? "")) lines.shift();
  return { headers: headersOf(lines), body: bytes.subarray(bodyAt) };
}

function readRequest(file: string, header: readonly string[]): SavedRequest {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === "-" ? 0 : file);
  } catch {
    throw new CliError(`${file} cannot be read.`, exitCodes.usage);
  }
  return header.length > 0 ? { headers: headersOf(header), body: bytes } : parseRequest(bytes);
}

const isOfTime = (code: string): boolean => code === "timestamp_too_old" || code === "timestamp_in_future";

/** `carewire verify`: is this request genuine, and would a receiver take it. */
export function verify(context: CommandContext, file: string, options: VerifyCommandOptions): void {
  const { output } = context;
  const { headers, body } = readRequest(file, options.header ?? []);
  const asked = {
    ...(options.scheme === undefined ? {} : { scheme: options.scheme }),
    ...(options.tolerance === undefined ? {} : { toleranceSeconds: options.tolerance }),
    now: options.at === undefined ? context.now() : Date.parse(momentOf(options.at, context.now(), "--at")),
  };
  const result = verifyWebhook(body, headers, options.secret, asked);
  if (result.ok) {
    output.result(
      result,
      () =>
        `${output.colors.green("genuine")}: ${result.id}, signed ${new Date(result.timestampSeconds * 1_000).toISOString()} (${result.scheme})`,
    );
    return;
  }
  if (result.code === "secret_missing" || result.code === "secret_invalid") {
    throw new CliError(`--secret: ${result.message}`, exitCodes.usage, { ok: false, code: result.code });
  }
  const hint = isOfTime(result.code) ? " Look at it as of then with --at, or raise --tolerance." : "";
  throw new CliError(`refused: ${result.message}${hint}`, exitCodes.checkFailed, {
    ok: false,
    code: result.code,
  });
}
