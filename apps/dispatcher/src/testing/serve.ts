import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that answers as `answer` does, however oddly. Counts what it sent and saw. */
export interface OddServer {
  url: string;
  /** Requests so far. */
  requests(): number;
  close(): Promise<void>;
}

/** Starts an {@link OddServer} on 127.0.0.1. Errors of sockets that the client gave up are its business. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<OddServer> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    response.on("error", () => {});
    request.resume().on("end", () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
