import { once } from "node:events";
import { STATUS_CODES } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { nowMs } from "../measure/now-ms.ts";
import { answerRequests } from "../processes/answer-requests.ts";
import { publishedAtMark } from "../seed/payload.ts";
import { percentile } from "../statistics/percentile.ts";
import { type ReadRequest, readRequests } from "./http-requests.ts";

/**
 * Counts what arrives and answers 200, by path: `/ok/…` always, `/fail/…` never (500); `/stall/…`, `/drip/…`, `/reset/…`,
 * `/flood/…` and `/broken/…` until `misbehave` was asked: then as they are called.
 */
let received = 0;
let lastAtMs = 0;
let misbehaving = false;
const flood = Buffer.alloc(65_536, "x");
let awaited: { count: number; resolve(): void } | null = null;
let window = { fromMs: Number.POSITIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
let latenciesMs: number[] = [];

const answers = {
  ok: Buffer.from(answerHead(200, "Content-Length: 0")),
  failed: Buffer.from(answerHead(500, "Content-Length: 0")),
  /** Its body follows, one chunk that never ends. */
  begun: Buffer.from(`${answerHead(200, "Transfer-Encoding: chunked")}ffffffff\r\n`),
};

function answerHead(status: number, header: string): string {
  const date = new Date().toUTCString();
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nDate: ${date}\r\nConnection: keep-alive\r\n${header}\r\n\r\n`;
}

function answer({ path, body, socket }: ReadRequest): void {
  if (misbehaving && misbehave(path.split("/")[1] ?? "", socket)) return;
  if (path.startsWith("/fail/")) {
    socket.write(answers.failed);
    return;
  }
  socket.write(answers.ok);
  received++;
  lastAtMs = nowMs();
  if (window.fromMs < Number.POSITIVE_INFINITY && path.startsWith("/ok/")) note(body);
  if (awaited && received >= awaited.count) awaited.resolve();
}

/** Does what the first word of a path says; false when it says nothing bad. */
function misbehave(kind: string, socket: Socket): boolean {
  switch (kind) {
    case "stall":
      return true;
    case "drip": {
      socket.write(answers.begun);
      const drip = setInterval(() => socket.write("."), 500);
      socket.once("close", () => clearInterval(drip));
      return true;
    }
    case "reset":
      socket.resetAndDestroy();
      return true;
    case "flood": {
      socket.write(answers.begun);
      const pour = () => {
        while (!socket.destroyed && socket.write(flood));
      };
      socket.on("drain", pour);
      pour();
      return true;
    }
    case "broken":
      socket.write(answers.failed);
      return true;
    default:
      return false;
  }
}

function note(body: Buffer): void {
  const mark = body.indexOf(publishedAtMark);
  if (mark < 0) return;
  const start = mark + publishedAtMark.length;
  const publishedAtMs = Number.parseFloat(body.toString("latin1", start, start + 20));
  if (publishedAtMs >= window.fromMs && publishedAtMs < window.toMs)
    latenciesMs.push(lastAtMs - publishedAtMs);
}

const api = {
  /** Listens on that many ports of 127.0.0.1; returns their origins. */
  async listen({ origins }: { origins: number }): Promise<string[]> {
    return Promise.all(
      Array.from({ length: origins }, async () => {
        // Never closes an idle connection, or a request on its way would be lost to a race.
        const server = createServer({ noDelay: true }, (socket) => readRequests(socket, answer));
        await once(server.listen(0, "127.0.0.1", 4_096), "listening");
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      }),
    );
  },
  reset(): void {
    received = 0;
    awaited = null;
    latenciesMs = [];
    window = { fromMs: Number.POSITIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
  },
  /** Resolves when `count` requests were answered since the last reset. Returns when the last one was. */
  async until({ count }: { count: number }): Promise<number> {
    if (received < count) {
      await new Promise<void>((resolve) => {
        awaited = { count, resolve };
      });
    }
    return lastAtMs;
  },
  count: (): number => received,
  misbehave({ on }: { on: boolean }): void {
    misbehaving = on;
  },
  /** From now on, measures what arrives on `/ok/…` and was published in this time. */
  watch(times: { fromMs: number; toMs: number }): void {
    window = times;
    latenciesMs = [];
  },
  latencies: (): { count: number; p50Ms: number; p99Ms: number } => ({
    count: latenciesMs.length,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  }),
};

/** What the receiver can be asked. */
export type ReceiverApi = typeof api;

answerRequests(api);
