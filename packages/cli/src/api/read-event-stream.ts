import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { ApiPlace } from "./request.ts";
import { addressOf, problemOf, unreachable } from "./request.ts";

export interface StreamRequest {
  path: string;
  query?: Record<string, string | number | undefined>;
  signal: AbortSignal;
  /** The server says at least every 10 s that it lives; silent for longer than this, the connection is dead. */
  silenceMsMax?: number;
  onMessage(message: { event: string; data: Record<string, unknown> }): void;
}

const silenceMsDefault = 25_000;
const connectMsMax = 15_000;

/**
 * Reads a `text/event-stream` until it ends, is cut or falls silent. Rejects with a `CliError` when it cannot be opened;
 * resolves when it is over, whoever ended it.
 */
export async function readEventStream(
  { url, apiKey, fetch }: ApiPlace,
  request: StreamRequest,
): Promise<void> {
  const { path, query = {}, signal, silenceMsMax = silenceMsDefault, onMessage } = request;
  const address = addressOf(url, path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  const silence = new AbortController();
  const stop = AbortSignal.any([signal, silence.signal]);
  let timer = setTimeout(() => silence.abort(), connectMsMax);
  try {
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${apiKey}`, accept: "text/event-stream" },
      signal: stop,
      redirect: "error",
    }).catch((error: unknown) => {
      throw unreachable(address.origin, error);
    });
    if (!response.ok) throw await problemOf(response);
    const parser = createParser({
      onEvent: ({ event, data }: EventSourceMessage) => {
        onMessage({ event: event ?? "message", data: JSON.parse(data) as Record<string, unknown> });
      },
    });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silenceMsMax);
      parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    }
  } catch (error) {
    // Cut or silent: the connection is over like any other.
    if (error instanceof Error && error.name === "CliError") throw error;
  } finally {
    clearTimeout(timer);
  }
}
