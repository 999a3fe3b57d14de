import { parseArgs } from "node:util";

export interface BenchOptions {
  /** Names of the rows to run; empty = all. */
  rows: string[];
  rounds: number;
  /** Multiplies every count and duration. */
  scale: number;
  /** File for the results, if one was named. */
  json: string | null;
}

export const usage = "usage: bench [--rows a,b] [--rounds N] [--scale X] [--json FILE]";

/** Reads the command line. Throws with the reason when it is not understood. */
export function parseOptions(args: string[], rowNames: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: "string", default: "" },
      rounds: { type: "string", default: "3" },
      scale: { type: "string", default: "1" },
      json: { type: "string" },
    },
  });
  const rows = values.rows.split(",").filter((name) => name !== "");
  const unknown = rows.find((name) => !rowNames.includes(name));
  if (unknown !== undefined) throw new Error(`there is no row "${unknown}"; rows: ${rowNames.join(", ")}`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) {
    throw new Error("--rounds must be 1 to 100");
  }
  const scale = Number(values.scale);
  if (!(scale > 0 && scale <= 10)) throw new Error("--scale must be above 0 and at most 10");
  return { rows, rounds, scale, json: values.json ?? null };
}
