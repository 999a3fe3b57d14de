import { tuneCollector } from "@carewire/service-kit/tune-collector";
import type { ProgramApi, Reply, Request } from "./program.ts";

/** The program's side of `startProgram`: answers requests by name, and ends when the parent is gone. */
export function answerRequests(api: ProgramApi): void {
  // As every service: a program's own pauses would be taken for latency.
  tuneCollector();
  process.on("message", async (request: Request) => {
    const handler = api[request.name] as ((input: unknown) => unknown) | undefined;
    try {
      if (!handler) throw new Error(`nothing answers "${request.name}"`);
      reply({ id: request.id, output: await handler(request.input) });
    } catch (error) {
      reply({
        id: request.id,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  });
  process.once("disconnect", () => process.exit(0));
}

function reply(message: Reply): void {
  process.send?.(message);
}
