import { Agent } from "undici";
import type { EgressGuard } from "./create-egress-guard.ts";

/** A request to a provider's API. */
export interface HttpCall {
  method: "GET" | "POST";
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** Gives the call up, besides its deadline. */
  signal?: AbortSignal;
}

/** What came of it. Redirects are answers like others; nothing is decompressed. */
export type HttpOutcome =
  | { kind: "answer"; status: number; body: Buffer }
  /** No answer within the deadline, or given up. */
  | { kind: "timeout" }
  /** More bytes than anybody wants to read. */
  | { kind: "too_large" }
  /** No connection, or one that broke; `code` is the system's or undici's. */
  | { kind: "unreachable"; code: string };

export interface HttpClient {
  /** Never rejects. */
  send(call: HttpCall): Promise<HttpOutcome>;
  /** Ends idle connections, and what is still running. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  guard: EgressGuard;
  /** For connect, headers and body together. Default 8,000. */
  timeoutMs?: number;
  /** Default 65,536. */
  bodyBytesMax?: number;
  /** Connections to one origin at most; default 8. */
  connectionsMax?: number;
}

/** Builds a client for the APIs of providers: every connection goes through the egress guard, every call has an end. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { guard, timeoutMs = 8_000, bodyBytesMax = 65_536, connectionsMax = 8 } = options;
  const agent = new Agent({ connect: guard.connector, connections: connectionsMax, pipelining: 1 });

  return {
    async send({ method, url, headers, body, signal }) {
      const deadline = AbortSignal.timeout(timeoutMs);
      const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
      try {
        const answer = await agent.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method,
          headers: { accept: "application/json", "user-agent": "Carewire/1", ...headers },
          body,
          signal: either,
        });
        const read = await readAtMost(answer.body, bodyBytesMax);
        return read === null
          ? { kind: "too_large" }
          : { kind: "answer", status: answer.statusCode, body: read };
      } catch (error) {
        return either.aborted ? { kind: "timeout" } : { kind: "unreachable", code: codeOf(error) };
      }
    },
    close: () => agent.destroy(),
  };
}

async function readAtMost(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early destroys the body, and its connection with it.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
