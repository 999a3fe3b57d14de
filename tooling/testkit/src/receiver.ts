import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "./eventually.ts";
import { type AnswerScript, playAnswer } from "./receiver-answer.ts";
import { type RecordedRequest, recordRequest } from "./recorded-request.ts";

/**
 * `answer` defaults to 200, `port` to a free one, `bodyBytesMax` (larger bodies get 413) to 8 MiB,
 * `recordedMax` and `recordedBytesMax` (the oldest requests are forgotten beyond them) to 100,000 and 256 MiB.
 */
export type ReceiverOptions = {
  answer?: AnswerScript;
  verify?: (request: RecordedRequest) => boolean;
  port?: number;
  bodyBytesMax?: number;
  recordedMax?: number;
  recordedBytesMax?: number;
};

/** A running HTTP server that stands in for a subscriber. */
export type Receiver = {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  url: string;
  port: number;
  /** Changes what later requests are answered. */
  answer(script: AnswerScript): void;
  /** The requests still remembered, oldest first. */
  requests(): readonly RecordedRequest[];
  /** How many requests arrived since the start, remembered or not. */
  total(): number;
  /** Resolves with {@link requests} once `count` requests arrived; throws after `timeoutMs` (default 60,000). */
  waitFor(count: number, timeoutMs?: number): Promise<readonly RecordedRequest[]>;
  /** Stops listening and destroys every open socket, also those it left hanging. */
  close(): Promise<void>;
};

/** Starts a {@link Receiver} on 127.0.0.1. */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const { verify, bodyBytesMax = 8 * 1024 * 1024 } = options;
  const memory = createMemory(options.recordedMax ?? 100_000, options.recordedBytesMax ?? 256 * 1024 * 1024);
  const closing = new AbortController();
  let script: AnswerScript = options.answer ?? {};

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await recordRequest(incoming, bodyBytesMax);
    if (request === null) {
      response.writeHead(413, { connection: "close" }).end();
      return;
    }
    request.verified = verify?.(request);
    memory.add(request);
    const answer = typeof script === "function" ? await script(request) : script;
    await playAnswer(answer, response, closing.signal);
  }

  // Only clients end idle connections: one that is used again just then would be reset.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, response) => {
    handle(incoming, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    answer(next) {
      script = next;
    },
    requests: memory.requests,
    total: memory.total,
    async waitFor(count, timeoutMs = 60_000) {
      const description = `${count} requests`;
      await eventually(() => memory.total() >= count || missing(memory.total()), { timeoutMs, description });
      return memory.requests();
    },
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function missing(total: number): never {
  throw new Error(`only ${total} arrived`);
}

function createMemory(recordedMax: number, recordedBytesMax: number) {
  let remembered: RecordedRequest[] = [];
  let rememberedBytes = 0;
  let total = 0;
  return {
    add(request: RecordedRequest): void {
      remembered.push(request);
      rememberedBytes += request.body.length;
      total += 1;
      if (remembered.length <= recordedMax && rememberedBytes <= recordedBytesMax) return;
      // Half at a time, so that forgetting stays cheap per request.
      remembered = remembered.slice(Math.ceil(remembered.length / 2));
      rememberedBytes = remembered.reduce((bytes, kept) => bytes + kept.body.length, 0);
    },
    requests: (): readonly RecordedRequest[] => remembered,
    total: () => total,
  };
}
