import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLogger, type Logger } from "./create-logger.ts";

function capture(allowedFields: string[] = []): {
  logger: Logger;
  lines: string[];
  last: () => Record<string, unknown>;
} {
  const lines: string[] = [];
  const logger = createLogger({
    service: "test",
    level: "debug",
    allowedFields,
    destination: { write: (line) => lines.push(line) },
  });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? "{}") };
}

const canary = "CANARY7f3a";

describe("a log line", () => {
  it("is JSON with time, level, service, allowed fields and the message", () => {
    const { logger, last } = capture();
    logger.info({ eventId: "0198", duration_ms: 12, topics: ["a", "b"] }, "delivered");
    expect(last()).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      service: "test",
      event_id: "0198",
      duration_ms: 12,
      topics: ["a", "b"],
      msg: "delivered",
    });
  });

  it.each([
    ["a field nobody allowed", { body: canary, headers: { authorization: canary }, payload: [canary] }],
    ["an object under an allowed name", { reason: { patient: canary } }],
    ["an object inside an allowed list", { checks: [{ patient: canary }] }],
    ["a buffer", { reason: Buffer.from(canary), rawBody: Buffer.from(canary) }],
    ["a query string", { route: `/orders?name=${canary}` }],
    ["credentials in a URL", { host: `postgres://carewire:${canary}@db:5432/x` }],
    ["an authorization value", { reason: `Bearer ${canary}` }],
    ["one of our keys", { reason: `cw_live_${canary}`, code: `whsec_${canary}` }],
    ["a class instance", { error: Object.assign(new Map(), { patient: canary }) }],
  ])("never holds %s", (_name, fields) => {
    const { logger, lines } = capture();
    logger.error(fields, "failed");
    logger.child(fields).error("failed");
    expect(lines.join()).not.toContain(canary);
  });

  it("never holds what comes under any name that is not allowed", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.jsonValue(), (name, value) => {
        const { logger, lines } = capture();
        logger.info({ [`x${name}`]: [canary, value, { [canary]: canary }] }, "message");
        return !lines.join().includes(canary);
      }),
    );
  });

  it("counts what it dropped, so that a missing field is no riddle", () => {
    const { logger, last } = capture();
    logger.info({ body: canary, subject: canary, event_id: "1" }, "message");
    expect(last()).toMatchObject({ event_id: "1", dropped_fields: 2 });
  });

  it("may hold the further names an app allows", () => {
    const { logger, last } = capture(["partition"]);
    logger.info({ partition: "events_20261120" }, "created");
    expect(last()).toMatchObject({ partition: "events_20261120" });
  });

  it("keeps the fields of its child", () => {
    const { logger, last } = capture();
    logger.child({ consumer: "doctors" }).warn({ attempt: 2 }, "retrying");
    expect(last()).toMatchObject({ consumer: "doctors", attempt: 2 });
  });

  it("is not written below the level", () => {
    const lines: string[] = [];
    const logger = createLogger({ service: "test", destination: { write: (line) => lines.push(line) } });
    logger.debug("not now");
    expect(lines).toEqual([]);
  });
});

describe("an error in a log line", () => {
  const logged = (error: unknown) => {
    const { logger, last } = capture();
    logger.error({ err: error }, "failed");
    return last().err as { class: string; code?: string; message: string; frames?: string[] };
  };

  it("is its class, code, message and stack positions", () => {
    const reduced = logged(
      Object.assign(new TypeError("connect failed"), { code: "ECONNREFUSED", detail: canary }),
    );
    expect(reduced).toMatchObject({ class: "TypeError", code: "ECONNREFUSED", message: "connect failed" });
    expect(reduced.frames?.[0]).toMatch(/^at .+:\d+:\d+\)?$/);
    expect(JSON.stringify(reduced)).not.toContain(canary);
  });

  it.each([
    [
      "a URL's credentials and query",
      new Error(`GET https://u:${canary}@host/path?name=${canary}#${canary} failed`),
    ],
    [
      "a value Postgres could not convert",
      sqlError("22P02", `invalid input syntax for type uuid: "${canary}"`),
    ],
    ["a row that broke a constraint", sqlError("23505", `duplicate key "${canary}`)],
    ["the text around a JSON mistake", syntaxError(`{"name": "${canary}`)],
    ["its cause", new Error("outer", { cause: new Error(canary) })],
    ["its own fields", Object.assign(new Error("failed"), { query: canary, parameters: [canary] })],
    ["a thrown string", canary],
    ["a thrown object", { message: canary }],
    [
      "a stack that was tampered with",
      Object.assign(new Error("failed"), { stack: `Error: failed\n    at ${canary}` }),
    ],
  ])("never holds %s", (_name, error) => {
    expect(JSON.stringify(logged(error) ?? "")).not.toContain(canary);
  });

  it("may be given instead of fields", () => {
    const { logger, last } = capture();
    logger.error(new RangeError("too far"), "failed");
    expect(last().err).toMatchObject({ class: "RangeError", message: "too far" });
  });
});

function sqlError(code: string, message: string): Error {
  return Object.assign(new Error(message), { name: "PostgresError", code, severity: "ERROR" });
}

function syntaxError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}
