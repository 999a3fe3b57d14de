import { EventEmitter } from "node:events";
import { onTestFinished } from "vitest";
import { createLogger } from "../../logging/create-logger.ts";
import { createMetrics } from "../../metrics/create-metrics.ts";
import { runService, type ServiceOptions } from "../run-service.ts";

/** Stands in for `process`: records exits and what was written, and emits signals when told to. */
export function createProcessHost() {
  const exits: number[] = [];
  const written: string[] = [];
  return Object.assign(new EventEmitter(), {
    exits,
    written,
    exit: (code: number) => void exits.push(code),
    stderr: { write: (text: string) => written.push(text) },
  });
}

/** Runs a service on a free port of 127.0.0.1 until the test ends; `lines` are its log lines. */
export async function startTestService(overrides: Partial<ServiceOptions> = {}) {
  const processHost = createProcessHost();
  const lines: string[] = [];
  const service = await runService({
    name: "test-service",
    port: 0,
    host: "127.0.0.1",
    logger: createLogger({ service: "test-service", destination: { write: (line) => lines.push(line) } }),
    metrics: createMetrics({ service: "test-service" }),
    readiness: {},
    process: processHost,
    ...overrides,
  });
  onTestFinished(() => service.stop().catch(() => {}));
  return { ...service, processHost, lines };
}
