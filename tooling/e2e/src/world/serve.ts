import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** A server of a test's own on 127.0.0.1. */
export interface Served {
  url: string;
  close(): Promise<void>;
}

/** Serves `listener` on a free port. */
export async function serve(listener: RequestListener): Promise<Served> {
  // Only clients end idle connections: one that is used again just then would be reset.
  const server = createServer({ keepAliveTimeout: 0 }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
