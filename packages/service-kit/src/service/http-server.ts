import type { RequestListener, Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { problemBody, problemMediaType } from "../problems/problem-body.ts";
import type { ProblemCode } from "../problems/problem-catalog.ts";
import { closeUnfinished, watchConnections } from "./open-connections.ts";

// Imported, it would have each of its exports read, and WebSocket is one that loads a client of its own: 18 ms of a start.
const { createServer, STATUS_CODES } = process.getBuiltinModule("node:http");

/** What one listener allows its clients; a slow or greedy one loses its connection, others notice nothing. */
export interface HttpLimits {
  headersTimeoutMs: number;
  /** Headers and body together. */
  requestTimeoutMs: number;
  keepAliveTimeoutMs: number;
  /**
   * Without a byte either way: whoever reads nothing of an answer keeps neither its connection nor its slot. Longer than any
   * request may wait for its answer, which is a ping of an endpoint with the longest attempts.
   */
  idleTimeoutMs: number;
  /** How often the time-outs are looked at, so how late they may strike. */
  checkIntervalMs: number;
  headersCountMax: number;
  headerBytesMax: number;
  connectionsMax: number;
}

/** The limits every service shares. */
export const serviceLimits: HttpLimits = {
  headersTimeoutMs: 10_000,
  // Looked at once a second, so nobody holds a request longer than 15 s.
  requestTimeoutMs: 14_000,
  keepAliveTimeoutMs: 65_000,
  idleTimeoutMs: 120_000,
  checkIntervalMs: 1_000,
  headersCountMax: 100,
  headerBytesMax: 16_384,
  connectionsMax: 10_000,
};

/** So long a client may take to read why its connection ends. */
const lingerMs = 1_000;

interface ClientFault {
  code: ProblemCode;
  detail: string;
}

function faultOf(errorCode: string | undefined): ClientFault {
  switch (errorCode) {
    case "HPE_HEADER_OVERFLOW":
      return { code: "headers_too_large", detail: "The request headers are too large." };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { code: "request_timeout", detail: "The request did not arrive in time." };
    default:
      return { code: "malformed_request", detail: "The request is not valid HTTP/1.1." };
  }
}

/** Node answers what its parser rejects before any handler runs; this gives those answers our body. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const fault = faultOf(error.code);
  const problem = problemBody(fault.code, { detail: fault.detail }, "");
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nconnection: close\r\n` +
      `content-type: ${problemMediaType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  // Its other half stays open, and nobody looks at it again: a client that never hangs up would keep it for good.
  const lingering = setTimeout(() => socket.destroy(), lingerMs);
  socket.once("close", () => clearTimeout(lingering));
}

/** An HTTP/1.1 server that holds its clients to `limits`, and answers what Node's parser rejects with problems. */
export function createHttpServer(listener: RequestListener, limits: HttpLimits = serviceLimits): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      maxHeaderSize: limits.headerBytesMax,
    },
    listener,
  );
  server.maxHeadersCount = limits.headersCountMax;
  server.maxConnections = limits.connectionsMax;
  server.timeout = limits.idleTimeoutMs;
  server.on("clientError", answerClientError);
  watchConnections(server);
  return server;
}

/** Listens and resolves with the base URL; rejects when the address cannot be had. */
export function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address() as AddressInfo;
      const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
      resolve(`http://${name}:${address.port}`);
    });
  });
}

const idleSweepMs = 50;
/** So long whoever is asking may take to end, while no more is accepted. */
const unfinishedMs = 2_000;

/**
 * Stops accepting and resolves when the last request is answered; connections that are idle, or do not come to the end of
 * a request, are closed.
 */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
    // Node looks at no time-outs any more once a server closes, and takes a connection that said nothing yet for busy.
    const impatience = setInterval(() => closeUnfinished(server), unfinishedMs);
    server.close(() => {
      clearInterval(sweep);
      clearInterval(impatience);
      resolve();
    });
  });
}
