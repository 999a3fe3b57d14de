import { type Clock, systemClock } from "@carewire/envelope";
import type { Express } from "express";
import type { Logger } from "../logging/create-logger.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import { createApp, type ServiceState } from "./create-app.ts";
import { createHttpServer, listen } from "./http-server.ts";
import type { ProcessHost } from "./process-host.ts";
import { createReadiness, type ReadinessCheck } from "./readiness.ts";
import { createStopper } from "./stopper.ts";
import { tuneCollector } from "./tune-collector.ts";
import { watchProcess } from "./watch-process.ts";

/** What a service is made of. */
export interface ServiceOptions {
  name: string;
  /** 0 takes a free port. */
  port: number;
  host: string;
  logger: Logger;
  metrics: Metrics;
  /** What `/readyz` requires, by name; each check has 2 s. */
  readiness: Record<string, ReadinessCheck>;
  /** Adds the service's own routes; unknown paths and errors are answered for it. */
  routes?: (app: Express) => void;
  /** Starts background work, once the port is taken; the service is ready when it resolves. */
  start?: () => Promise<void> | void;
  /** Stops taking new work and resolves when what was begun is finished. Runs beside the HTTP drain. */
  drain?: () => Promise<void> | void;
  /** Releases pools and connections, after everything drained. */
  close?: () => Promise<void> | void;
  /** How long stopping may take before the process gives up with code 1. Default 10,000. */
  shutdownTimeoutMs?: number;
  clock?: Clock;
  process?: ProcessHost;
}

/** A running service. */
export interface RunningService {
  /** Base URL of its listener, with the port that was really taken. */
  url: string;
  /** Drains and closes; the process stays. Resolves when done, rejects past the deadline. Safe to call again. */
  stop(): Promise<void>;
}

const readinessTimeoutMs = 2_000;
const defaultShutdownTimeoutMs = 10_000;

function listenFailure({ name, port, host }: ServiceOptions, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  switch (code) {
    case "EADDRINUSE":
      return `${name} cannot start: port ${port} on ${host} is already in use; stop what uses it or set PORT to a free one.`;
    case "EACCES":
      return `${name} cannot start: it may not listen on port ${port} of ${host}; set PORT to one above 1023.`;
    default:
      return `${name} cannot start: listening on port ${port} of ${host} failed with ${code}; check HOST and PORT.`;
  }
}

/**
 * Runs a service until it is told to stop: HTTP with health routes and metrics, background work, signals.
 *
 * SIGTERM and SIGINT drain it: `/readyz` turns 503, the listener closes, requests and background work in flight
 * finish, then the process exits with 0. A second signal, or the deadline, exits with 1 at once, and so do an
 * unhandled rejection, an uncaught exception and a failed start. When the port is taken one sentence goes to stderr.
 */
export async function runService(options: ServiceOptions): Promise<RunningService> {
  const { logger, drain, close } = options;
  const host = options.process ?? process;
  let state: ServiceState = "starting";
  const isStopping = () => state === "stopping";
  tuneCollector();

  const app = createApp({
    clock: options.clock ?? systemClock,
    logger,
    metrics: options.metrics,
    readiness: createReadiness(options.readiness, readinessTimeoutMs),
    state: () => state,
    routes: options.routes,
  });
  const server = createHttpServer(app);
  const stop = createStopper({
    server,
    timeoutMs: options.shutdownTimeoutMs ?? defaultShutdownTimeoutMs,
    drain,
    close,
    onBegin: () => {
      state = "stopping";
    },
    onEnd: () => unwatch(),
  });
  const unwatch = watchProcess({ host, logger, stop });

  const abandon = (reason: string, error: unknown): never => {
    unwatch();
    server.closeAllConnections();
    server.close();
    host.stderr.write(`${reason}\n`);
    host.exit(1);
    throw error;
  };

  const url = await listen(server, options.port, options.host).catch((error: unknown) =>
    abandon(listenFailure(options, error), error),
  );
  try {
    await options.start?.();
  } catch (error) {
    // Stopping may well be why the start was given up; then it is not a failure.
    if (isStopping()) return { url, stop };
    logger.fatal({ err: error }, "start failed");
    abandon(`${options.name} cannot start: see the last log line for the reason.`, error);
  }
  if (!isStopping()) state = "running";
  logger.info({ host: options.host, port: Number(new URL(url).port) }, "listening");
  return { url, stop };
}
