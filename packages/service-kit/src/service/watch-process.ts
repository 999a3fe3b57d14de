import type { Logger } from "../logging/create-logger.ts";
import type { ProcessHost } from "./process-host.ts";

/** What {@link watchProcess} needs. */
export interface WatchOptions {
  host: ProcessHost;
  logger: Logger;
  /** Drains the service; rejects when the deadline passes. */
  stop: () => Promise<void>;
}

/** Ties the process's signals and last-resort errors to the service; returns a function that unties them. */
export function watchProcess({ host, logger, stop }: WatchOptions): () => void {
  let signalled = false;

  const onSignal = (signal: unknown): void => {
    if (signalled) {
      logger.error({ signal }, "second signal, not waiting for the drain");
      host.exit(1);
      return;
    }
    signalled = true;
    logger.info({ signal }, "stopping");
    stop().then(
      () => {
        logger.info("stopped");
        host.exit(0);
      },
      (error: unknown) => {
        logger.fatal({ err: error }, "could not stop cleanly");
        host.exit(1);
      },
    );
  };
  const onFatal = (error: unknown): void => {
    logger.fatal({ err: error }, "unexpected error, the process cannot be trusted any more");
    host.exit(1);
  };

  const listeners: [string, (argument: unknown) => void][] = [
    ["SIGTERM", onSignal],
    ["SIGINT", onSignal],
    ["uncaughtException", onFatal],
    ["unhandledRejection", onFatal],
  ];
  for (const [event, listener] of listeners) host.on(event, listener);
  return () => {
    for (const [event, listener] of listeners) host.off(event, listener);
  };
}
