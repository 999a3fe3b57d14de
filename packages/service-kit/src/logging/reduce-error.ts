import { scrubText } from "./scrub-text.ts";

/** What is left of an error in a log line. `frames` are stack positions: function names and files, never data. */
export interface ReducedError {
  class: string;
  code?: string;
  message: string;
  frames?: string[];
}

const framesMax = 8;

/** SQLSTATE classes whose messages quote the value they choke on: data exception, integrity violation. */
const quotesValues = /^2[23]...$/;

function messageOf(error: Error, code: string | undefined): string {
  // A JSON syntax error quotes the text around it, which may be a patient's.
  if (error instanceof SyntaxError) return "[redacted]";
  const scrubbed = scrubText(error.message);
  return code !== undefined && quotesValues.test(code)
    ? scrubbed.replace(/"[^"]*"?/g, '"[redacted]"')
    : scrubbed;
}

function framesOf(error: Error): string[] {
  const lines = (error.stack ?? "").split("\n").filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line));
  return lines.slice(0, framesMax).map((line) => line.trim());
}

/** Reduces anything thrown to its class, code, scrubbed message and stack positions; causes and own fields are dropped. */
export function reduceError(thrown: unknown): ReducedError {
  if (!(thrown instanceof Error)) return { class: typeof thrown, message: "[redacted]" };
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code.slice(0, 64) : undefined;
  return {
    class: thrown.name.slice(0, 64),
    ...(code === undefined ? {} : { code }),
    message: messageOf(thrown, code),
    frames: framesOf(thrown),
  };
}
