import type { Server } from "node:http";
import { closeServer } from "./http-server.ts";

/** What {@link createStopper} needs. */
export interface StopperOptions {
  server: Server;
  timeoutMs: number;
  drain?: () => Promise<void> | void;
  close?: () => Promise<void> | void;
  /** Called once, when stopping begins. */
  onBegin(): void;
  /** Called once, when stopping ended either way. */
  onEnd(): void;
}

async function withinDeadline(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not stopped within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Stops a service in order: no new connections while requests and background work in flight finish, then pools and
 * connections are released. The returned function may be called again; it rejects when the deadline passed first.
 */
export function createStopper(options: StopperOptions): () => Promise<void> {
  let stopping: Promise<void> | null = null;

  const stopInOrder = async (): Promise<void> => {
    await Promise.all([closeServer(options.server), options.drain?.()]);
    await options.close?.();
  };
  return () => {
    if (stopping === null) {
      options.onBegin();
      stopping = withinDeadline(stopInOrder(), options.timeoutMs).finally(() => {
        options.server.closeAllConnections();
        options.onEnd();
      });
    }
    return stopping;
  };
}
