import { CliError, exitCodes } from "../exit-codes.ts";

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value as it is meant: JSON where it is JSON, else text. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const forbidden = new Set(["__proto__", "constructor", "prototype"]);

/** Sets `a.b.c`, through objects and, by number, arrays. */
function setPath(target: Json, path: string, value: unknown, option: string): void {
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  if ([...steps, last].some((step) => step === "" || forbidden.has(step))) {
    throw new CliError(`${option} ${path}: that is no path`, exitCodes.usage);
  }
  let place: Json = target;
  for (const step of steps) {
    const next = place[step];
    if (typeof next !== "object" || next === null) place[step] = {};
    place = place[step] as Json;
  }
  place[last] = value;
}

function merge(target: Json, more: Json): void {
  for (const [name, value] of Object.entries(more)) {
    if (forbidden.has(name)) continue;
    const there = target[name];
    if (isObject(value) && isObject(there)) merge(there, value);
    else target[name] = value;
  }
}

/** Applies what an option was given, each a JSON object, which is merged in, or `path=value`. Returns a new object. */
export function withData(base: Json, given: readonly string[], option = "--data"): Json {
  const result = structuredClone(base);
  for (const text of given) {
    if (text.trimStart().startsWith("{")) {
      const parsed = parseValue(text);
      if (!isObject(parsed))
        throw new CliError(`${option} ${text.slice(0, 40)}: that is no JSON object`, exitCodes.usage);
      merge(result, parsed);
      continue;
    }
    const equals = text.indexOf("=");
    if (equals < 1) throw new CliError(`${option} takes a JSON object or path=value`, exitCodes.usage);
    setPath(result, text.slice(0, equals), parseValue(text.slice(equals + 1)), option);
  }
  return result;
}
