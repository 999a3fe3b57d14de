import { readFileSync } from "node:fs";
import { z } from "zod";

/** Either the typed settings, or every problem with them as `NAME: what to do`, without any value. */
export type ParsedEnv<T> = { ok: true; env: T } | { ok: false; problems: string[] };

const secretFileBytesMax = 65_536;

type Reading = { value: string | undefined } | { problem: string };

function readSecretFile(name: string, path: string): Reading {
  try {
    const text = readFileSync(path, "utf8");
    if (text.length > secretFileBytesMax) return { problem: `${name}_FILE: the file is larger than 64 KiB` };
    return { value: text.replace(/\r?\n$/, "") };
  } catch {
    return { problem: `${name}_FILE: the file cannot be read` };
  }
}

/** An empty variable counts as absent: compose files pass `NAME=` for what is not set. */
function readVariable(source: Record<string, string | undefined>, name: string): Reading {
  const value = source[name] || undefined;
  const path = source[`${name}_FILE`] || undefined;
  if (path === undefined) return { value };
  if (value !== undefined) return { problem: `${name}: set either ${name} or ${name}_FILE, not both` };
  return readSecretFile(name, path);
}

/** zod's messages name types and options; a message that could quote the input is replaced. */
function describeIssue(issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0] ?? "environment");
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) {
    return `${name}: is required`;
  }
  return `${name}: ${issue.message}`;
}

/**
 * Reads the variables a schema names from `source`. For each `NAME` the value may instead come from the file that
 * `NAME_FILE` points at (one trailing newline is cut). Never throws; never repeats a value.
 */
export function parseEnv<S extends z.ZodObject>(
  schema: S,
  source: Record<string, string | undefined>,
): ParsedEnv<z.output<S>> {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of Object.keys(schema.shape)) {
    const reading = readVariable(source, name);
    if ("problem" in reading) problems.push(reading.problem);
    else if (reading.value !== undefined) values[name] = reading.value;
  }
  const parsed = z.safeParse(schema, values);
  if (parsed.success && problems.length === 0) return { ok: true, env: parsed.data };
  const unreadable = new Set(problems.map((problem) => problem.replace(/(_FILE)?:.*$/s, "")));
  for (const issue of parsed.error?.issues ?? []) {
    if (!unreadable.has(String(issue.path[0]))) problems.push(describeIssue(issue));
  }
  return { ok: false, problems };
}
