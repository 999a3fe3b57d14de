import { type DestinationStream, pino } from "pino";
import { redactFields } from "./redact-fields.ts";
import { scrubText } from "./scrub-text.ts";

/** Writes one line; the message is a fixed sentence of ours, data goes into fields. */
export interface LogMethod {
  (message: string): void;
  (fields: object, message: string): void;
}

/** JSON lines with an allow-list: fields not in `allowed-fields.ts` are dropped, errors reduced, text scrubbed. */
export interface Logger {
  debug: LogMethod;
  info: LogMethod;
  warn: LogMethod;
  error: LogMethod;
  fatal: LogMethod;
  /** A logger that adds these fields (allow-listed too) to every line. */
  child(fields: object): Logger;
}

export type LogLevel = "debug" | "info" | "warn" | "error" | "fatal";

/** What {@link createLogger} needs. */
export interface LoggerOptions {
  /** The app's name, on every line as `service`. */
  service: string;
  /** Lines below this level are not written. Default `info`. */
  level?: LogLevel;
  /** Further field names this app may log, in snake_case. Never name one that can hold a body, header or person. */
  allowedFields?: readonly string[];
  /** Where lines go. Default stdout, written synchronously so that the last words of a dying process arrive. */
  destination?: DestinationStream;
}

const levels: readonly LogLevel[] = ["debug", "info", "warn", "error", "fatal"];

/** Builds the process's logger. */
export function createLogger(options: LoggerOptions): Logger {
  const extra = new Set(options.allowedFields ?? []);
  const root = pino(
    {
      level: options.level ?? "info",
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      // pino's own error serializer would look at the error again and add what was taken out.
      serializers: { err: (reduced: unknown) => reduced },
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  );

  const wrap = (inner: pino.Logger): Logger => {
    const method =
      (level: LogLevel): LogMethod =>
      (first: string | object, message?: string) => {
        if (!inner.isLevelEnabled(level)) return;
        if (typeof first === "string") inner[level](scrubText(first));
        else inner[level](redactFields(first, extra), scrubText(message ?? ""));
      };
    const methods = Object.fromEntries(levels.map((level) => [level, method(level)])) as Record<
      LogLevel,
      LogMethod
    >;
    return { ...methods, child: (fields) => wrap(inner.child(redactFields(fields, extra))) };
  };
  return wrap(root);
}
