import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on this machine. */
export interface Listening {
  url: string;
  close(): Promise<void>;
}

/** Serves a fetch-style handler on a free port of 127.0.0.1; requests without a body only. */
export async function listen(answer: (request: Request) => Response): Promise<Listening> {
  const server = createServer(async (incoming, outgoing) => {
    const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
    const response = answer(new Request(url, { method: incoming.method ?? "GET", headers }));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
