import { randomInt } from "node:crypto";
import { mkdir, open, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/**
 * Below what systems hand out for outgoing connections (32,768 on Linux, 49,152 elsewhere): one of those may be in use
 * again, by any test's connection, before the program it was meant for has started.
 */
const ports = { first: 20_000, last: 32_000 };
const triesMax = 100;
/** Far longer than a program takes to listen, and short enough that no machine runs out of ports. */
const takenMs = 600_000;

/** One file per port somebody was given: of two programs with one port, one would answer the other's requests. */
const folder = join(tmpdir(), `carewire-test-ports-${userInfo().uid}`);

/**
 * A TCP port of 127.0.0.1 that nothing listened on a moment ago, and that no test of this user's, in whatever process,
 * was given in the last ten minutes. Throws when none of 100 is free.
 */
export async function findFreePort(): Promise<number> {
  await mkdir(folder, { recursive: true });
  for (let tries = 0; tries < triesMax; tries++) {
    const port = randomInt(ports.first, ports.last);
    if ((await take(port)) && (await isFree(port))) return port;
  }
  throw new Error(`none of ${triesMax} ports between ${ports.first} and ${ports.last} is free`);
}

async function take(port: number): Promise<boolean> {
  const file = join(folder, String(port));
  const taken = await stat(file).catch(() => null);
  if (taken !== null && Date.now() - taken.mtimeMs < takenMs) return false;
  if (taken !== null) await rm(file, { force: true });
  const handle = await open(file, "wx").catch(() => null);
  await handle?.close();
  return handle !== null;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
