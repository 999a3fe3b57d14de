import type { CommandContext } from "./command-context.ts";
import { createContext } from "./create-context.ts";
import { readCliEnv } from "./env.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureOf } from "./failure-of.ts";
import { printableJson } from "./output/printable.ts";
import { createProgram } from "./program.ts";

/** The package's version, put in by the build. */
declare const CAREWIRE_CLI_VERSION: string;

const env = readCliEnv();
const interrupt = new AbortController();
// SIGHUP is a terminal that was closed: what was begun is brought to its end then, too.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // The second time somebody means it.
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    interrupt.abort();
  });
}
// Whoever read the output is gone (`| head`): nothing is left to be done.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const isJson = process.argv.includes("--json");
let context: CommandContext | null = null;
const program = createProgram(CAREWIRE_CLI_VERSION, (flags) => {
  context = createContext({ env, cwd: process.cwd(), interrupted: interrupt.signal }, flags);
  return context;
});
const apiUrlOf = (made: CommandContext | null) => made?.settings.find("url")?.value ?? null;
const flushed = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => {
    if (stream.writableLength === 0) resolve();
    else stream.write("", () => resolve());
  });
try {
  await program.parseAsync(process.argv);
} catch (error) {
  const { message, exitCode, details } = failureOf(error, () => apiUrlOf(context));
  process.exitCode = exitCode;
  if (message !== null) {
    const said = isJson ? printableJson({ error: message, exit_code: exitCode, ...details }) : message;
    process.stderr.write(`${said}\n`);
  }
}
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// What was given up on, such as a server that hangs, must not keep the program alive.
process.exit();
