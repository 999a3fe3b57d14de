import { CarewireApiError } from "@carewire/sdk/client";
import { exitCodeOf } from "./api/request.ts";
import { createContext } from "./create-context.ts";
import { readCliEnv } from "./env.ts";
import { CliError, type ExitCode, exitCodes } from "./exit-codes.ts";
import { CommanderError, createProgram } from "./program.ts";

/** The package's version, put in by the build. */
declare const CAREWIRE_CLI_VERSION: string;

const env = readCliEnv();
const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The second time somebody means it.
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    interrupt.abort();
  });
}
// Whoever read the output is gone (`| head`): nothing is left to be done.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const isJson = process.argv.includes("--json");

function say(message: string, exitCode: ExitCode, details: object): ExitCode {
  if (isJson)
    process.stderr.write(`${JSON.stringify({ error: message, exit_code: exitCode, ...details })}\n`);
  else process.stderr.write(`${message}\n`);
  return exitCode;
}

function exitCodeFor(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof CliError) return say(error.message, error.exitCode, error.details);
  if (error instanceof CarewireApiError) {
    const { status, code, requestId, errors, message } = error;
    const lines = errors.map((item) => `\n  ${item.path}: ${item.message}`).join("");
    const details = { status, code, request_id: requestId, ...(errors.length > 0 ? { errors } : {}) };
    return say(`${message}${lines}`, status === null ? exitCodes.unreachable : exitCodeOf(status), details);
  }
  return say(error instanceof Error ? (error.stack ?? error.message) : String(error), exitCodes.failed, {});
}

const program = createProgram(CAREWIRE_CLI_VERSION, (flags) =>
  createContext({ env, cwd: process.cwd(), interrupted: interrupt.signal }, flags),
);
try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = exitCodeFor(error);
}
