import type { SendOutcome } from "@carewire/delivery";
import type { Dispatcher } from "undici";
import { classifyError, isConnectHiccup } from "./classify-error.ts";

/** Response bytes read at most before the connection is dropped, and kept of them at most. */
export const responseReadBytesMax = 65_536;
export const responseKeptBytesMax = 4_096;

/**
 * Called exactly once with what came of one request, unless it was given up. `unsent`: no connection came about, for a
 * reason that may be gone already, and not a byte of the request has left.
 */
export type ExchangeEnd = (outcome: SendOutcome, unsent: boolean) => void;

/** One request and its answer. A class because undici calls it for every step and one object per request is cheap. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #end: ExchangeEnd;
  #controller: Dispatcher.DispatchController | null = null;
  #ended = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #readBytes = 0;

  constructor(end: ExchangeEnd) {
    this.#end = end;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a socket until its deadline passed: nothing may be sent any more.
    if (this.#ended) controller.abort(new Error("deadline passed before the request was sent"));
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
    this.#finish(this.#response(true), false);
    this.#controller?.abort(new Error("the answer is longer than we read"));
  }

  onResponseEnd(): void {
    this.#finish(this.#response(this.#readBytes > responseKeptBytesMax), false);
  }

  onResponseError(_controller: unknown, error: Error): void {
    // The status line is the answer; a body that breaks off does not take it back.
    if (this.#status > 0) this.#finish(this.#response(true), false);
    else this.#finish(classifyError(error), this.#controller === null && isConnectHiccup(error));
  }

  /** Drops the connection and returns what came so far: whoever sent a status line has the message. */
  giveUp(): SendOutcome | null {
    this.#ended = true;
    this.#controller?.abort(new Error("deadline"));
    return this.#status > 0 ? this.#response(true) : null;
  }

  #response(truncated: boolean): SendOutcome {
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    return { kind: "response", status: this.#status, headers: this.#headers, body, truncated };
  }

  #finish(outcome: SendOutcome, unsent: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#end(outcome, unsent);
  }
}
