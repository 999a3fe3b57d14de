import type { z } from "zod";
import { parseEnv } from "./parse-env.ts";

/**
 * Reads this process's settings once, at start. When anything is missing or wrong it prints every problem with the
 * variable's name (never a value) to stderr and exits with code 1. Each `NAME` may also be given as `NAME_FILE`.
 */
export function readEnv<S extends z.ZodObject>(schema: S): z.output<S> {
  const parsed = parseEnv(schema, process.env);
  if (parsed.ok) return parsed.env;
  process.stderr.write(
    `Cannot start, these settings need attention:\n${parsed.problems.map((line) => `  ${line}\n`).join("")}`,
  );
  process.exit(1);
}

/** The failpoint plan of this process, `FAILPOINT`; only test bundles ever look at it. */
export function readFailpointPlan(): string {
  return process.env.FAILPOINT ?? "";
}
