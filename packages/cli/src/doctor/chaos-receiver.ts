import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A receiver that misbehaves towards the first request of some messages, and then behaves. */
export interface ChaosReceiver {
  url: string;
  /** Messages that were answered with 200. */
  taken: ReadonlySet<string>;
  misbehaved(): number;
  close(): Promise<void>;
}

const failures = ["error", "hang", "reset"] as const;
const troubleShare = 0.25;

/** Starts it on 127.0.0.1. `random` is in [0, 1). */
export async function startChaosReceiver(random: () => number): Promise<ChaosReceiver> {
  const seen = new Set<string>();
  const taken = new Set<string>();
  let misbehaved = 0;
  const server: Server = createServer((request, response) => {
    const id = String(request.headers["webhook-id"] ?? "");
    const isFirst = !seen.has(id);
    seen.add(id);
    request.resume().on("end", () => {
      if (isFirst && random() < troubleShare) {
        misbehaved++;
        const failure = failures[Math.floor(random() * failures.length)];
        if (failure === "reset") response.destroy();
        // What hangs is let go when the receiver closes.
        else if (failure === "error") response.writeHead(500).end();
        return;
      }
      taken.add(id);
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/chaos`,
    taken,
    misbehaved: () => misbehaved,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
