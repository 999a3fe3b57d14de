import { existsSync } from "node:fs";
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Far longer than a program takes to listen, and short enough that no machine runs out of ports. */
const periodMs = 600_000;

/**
 * Takes a port for ten minutes at least: false when somebody else has it, in whatever process. Who has which is files in
 * `folder`, one folder to each ten minutes: a file that is made once and never replaced is nobody else's.
 */
export async function takePort(folder: string, port: number, nowMs: number): Promise<boolean> {
  const period = Math.floor(nowMs / periodMs);
  const fileIn = (number: number) => join(folder, String(number), String(port));
  const isNew = await mkdir(join(folder, String(period)), { recursive: true });
  if (isNew) await removeBefore(folder, period - 1);
  const handle = await open(fileIn(period), "wx").catch(() => null);
  await handle?.close();
  // The next one too: of two who take it as one period becomes the other, each sees the other's file or is seen.
  return handle !== null && !existsSync(fileIn(period - 1)) && !existsSync(fileIn(period + 1));
}

async function removeBefore(folder: string, period: number): Promise<void> {
  const old = (await readdir(folder)).filter((name) => Number(name) < period);
  await Promise.all(old.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
