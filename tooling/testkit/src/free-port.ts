import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { takePort } from "./take-port.ts";

/**
 * Below what systems hand out for outgoing connections (32,768 on Linux, 49,152 elsewhere): one of those may be in use
 * again, by any test's connection, before the program it was meant for has started.
 */
const ports = { first: 20_000, last: 32_000 };
const triesMax = 100;
/** Who was given which: of two programs with one port, one would answer the other's requests. */
const folder = join(tmpdir(), `carewire-test-ports-${userInfo().uid}`);

/**
 * A TCP port of 127.0.0.1 that nothing listened on a moment ago, and that no test of this user's, in whatever process,
 * was given in the last ten minutes. Throws when none of 100 is free.
 */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries++) {
    const port = randomInt(ports.first, ports.last);
    if ((await takePort(folder, port, Date.now())) && (await isFree(port))) return port;
  }
  throw new Error(`none of ${triesMax} ports between ${ports.first} and ${ports.last} is free`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
