import type { Clock } from "@carewire/envelope";
import type { Dispatcher } from "undici";
import { classifyError } from "./classify-error.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import type { Pools } from "./pools.ts";
import type { SendOutcome } from "./send-outcome.ts";

/** Response bytes read at most before the connection is dropped, and kept of them at most. */
export const responseReadBytesMax = 65_536;
export const responseKeptBytesMax = 4_096;

export interface PostRequest {
  origin: string;
  path: string;
  /** Name, value, name, value, … exactly as sent. */
  headers: string[];
  body: Buffer;
  /** Called once when the answer is overdue but not yet given up. */
  onOverdue(): void;
  /** Called exactly once. */
  onOutcome(outcome: SendOutcome, durationMs: number): void;
}

export interface PosterDeps {
  pools: Pools;
  clock: Clock;
  /** Ends the attempt: connect, headers and body together. */
  deadlines: Deadlines;
  /** Marks the attempt as slow. */
  overdues: Deadlines;
  timeoutMs: number;
}

/** POSTs through the origin's pool. Never throws, never follows redirects, never decompresses. */
export function createPoster(deps: PosterDeps): (request: PostRequest) => void {
  return (request) => {
    const exchange = new Exchange(deps, request);
    try {
      deps.pools
        .of(request.origin)
        .dispatch(
          { method: "POST", path: request.path, headers: request.headers, body: request.body },
          exchange,
        );
    } catch (error) {
      exchange.onResponseError(null, error as Error);
    }
  };
}

/** One request and its answer. A class because undici calls it for every step and one object per request is cheap. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #deps: PosterDeps;
  readonly #request: PostRequest;
  readonly #startedAtMs: number;
  readonly #deadline: Deadline;
  readonly #overdue: Deadline;
  #controller: Dispatcher.DispatchController | null = null;
  #settled = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #readBytes = 0;

  constructor(deps: PosterDeps, request: PostRequest) {
    this.#deps = deps;
    this.#request = request;
    this.#startedAtMs = deps.clock.now();
    this.#deadline = deps.deadlines.add(() => this.#giveUp());
    this.#overdue = deps.overdues.add(() => request.onOverdue());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a socket until its deadline passed: nothing may be sent any more.
    if (this.#settled) controller.abort(new Error("deadline passed before the request was sent"));
  }

  onResponseStart(
    _controller: unknown,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    for (const name of Object.keys(headers)) {
      const value = headers[name];
      if (value !== undefined) this.#headers[name] = typeof value === "string" ? value : value.join(", ");
    }
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (this.#readBytes < responseKeptBytesMax) {
      // Copied: a slice would keep the socket's whole read buffer alive until the outcome is recorded.
      this.#chunks.push(Buffer.from(chunk.subarray(0, responseKeptBytesMax - this.#readBytes)));
    }
    this.#readBytes += chunk.length;
    if (this.#readBytes <= responseReadBytesMax) return;
    this.#settle(this.#response(true));
    this.#controller?.abort(new Error("the answer is longer than we read"));
  }

  onResponseEnd(): void {
    this.#settle(this.#response(this.#readBytes > responseKeptBytesMax));
  }

  onResponseError(_controller: unknown, error: Error): void {
    // The status line is the answer; a body that breaks off does not take it back.
    this.#settle(this.#status > 0 ? this.#response(true) : classifyError(error));
  }

  #response(truncated: boolean): SendOutcome {
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    return { kind: "response", status: this.#status, headers: this.#headers, body, truncated };
  }

  #giveUp(): void {
    // As above: whoever sent a status line has the message, however slowly its body drips.
    this.#settle(
      this.#status > 0 ? this.#response(true) : { kind: "timeout", timeoutMs: this.#deps.timeoutMs },
    );
    this.#controller?.abort(new Error("deadline"));
  }

  #settle(outcome: SendOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#deadline.expire = null;
    this.#overdue.expire = null;
    this.#request.onOutcome(outcome, this.#deps.clock.now() - this.#startedAtMs);
  }
}
