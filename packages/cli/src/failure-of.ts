import { CarewireApiError } from "@carewire/sdk/client";
import { CommanderError } from "commander";
import { exitCodeOf, unreachable } from "./api/request.ts";
import { CliError, type ExitCode, exitCodes } from "./exit-codes.ts";

/** What is said about a command that did not work out, and how it ends. */
export interface Failure {
  /** Null: it was said already, as the help. */
  message: string | null;
  exitCode: ExitCode;
  /** Machine-readable details, for `--json`. */
  details: Record<string, unknown>;
}

/** The API's client names no host: `apiUrl` says which one it was. */
function ofApiError(error: CarewireApiError, apiUrl: string | null): Failure {
  const { status, code, requestId, errors, message } = error;
  const details = { status, code, request_id: requestId, ...(errors.length > 0 ? { errors } : {}) };
  if (status === null) {
    const isAway = apiUrl !== null && (code === "network_error" || code === "timeout");
    const said = isAway ? unreachable(new URL(apiUrl).origin, error.cause ?? error).message : message;
    return { message: said, exitCode: exitCodes.unreachable, details };
  }
  const lines = errors.map((item) => `\n  ${item.path}: ${item.message}`).join("");
  return { message: `${message}${lines}`, exitCode: exitCodeOf(status), details };
}

/** Puts an error into words. `findApiUrl` says which API was asked, where one is known; it is asked after such an error only. */
export function failureOf(error: unknown, findApiUrl: () => string | null): Failure {
  if (error instanceof CommanderError) {
    const isHelp = error.code === "commander.help" || error.exitCode === 0;
    const exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const said = `${error.message.replace(/^error: /, "")}\n(--help shows what there is)`;
    return { message: isHelp ? null : said, exitCode, details: { code: error.code } };
  }
  if (error instanceof CliError) {
    const { message, exitCode, details } = error;
    return { message, exitCode, details };
  }
  if (error instanceof CarewireApiError) return ofApiError(error, findApiUrl());
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message, exitCode: exitCodes.failed, details: {} };
}
