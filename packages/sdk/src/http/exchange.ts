/** A request as it goes out; `body` is JSON text. */
export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** An answer, read to its end. */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** What became of one try. */
export type Exchange =
  | { kind: "answered"; answer: HttpAnswer }
  | { kind: "timeout" }
  | { kind: "network"; cause: unknown }
  | { kind: "too_large" };

export interface ExchangeLimits {
  /** Time for the whole exchange, body included, in milliseconds. */
  timeoutMs: number;
  /** Bytes of an answer's body. */
  answerBytesMax: number;
}

/** Sends one request and reads its answer. Rejects with the reason of `signal`, and for nothing else. */
export async function exchange(
  send: typeof fetch,
  request: HttpRequest,
  { timeoutMs, answerBytesMax }: ExchangeLimits,
  signal?: AbortSignal,
): Promise<Exchange> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const giveUp = () => stop.abort(signal?.reason);
  signal?.addEventListener("abort", giveUp, { once: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop.abort();
  }, timeoutMs);
  try {
    const { url, ...init } = request;
    // A redirect is never followed: it would take the key along, or turn a POST into a GET.
    const response = await send(url, { ...init, redirect: "manual", signal: stop.signal });
    const text = await readText(response, answerBytesMax);
    if (text === null) return { kind: "too_large" };
    return { kind: "answered", answer: { status: response.status, headers: response.headers, text } };
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    return late ? { kind: "timeout" } : { kind: "network", cause };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}

async function readText(response: Response, bytesMax: number): Promise<string | null> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = "";
  let bytes = 0;
  while (true) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}
