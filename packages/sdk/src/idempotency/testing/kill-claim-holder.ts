import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./hold-claim.ts", import.meta.url));

/** A claim to be held by a process of its own; `place` is the table, or what keys begin with. */
export interface HeldClaim {
  url: string;
  id: string;
  leaseSeconds: number;
  place: string;
}

/** Lets another process claim an id, and ends it with SIGKILL as soon as it has. Resolves when it is dead. */
export async function killClaimHolder({ url, id, leaseSeconds, place }: HeldClaim): Promise<void> {
  const args = [program, url, id, String(leaseSeconds), place];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let said = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) {
    said += chunk;
    if (said.endsWith("\n")) break;
  }
  child.kill("SIGKILL");
  await ended;
  if (said !== "claimed\n") throw new Error(`the process that was to hold the claim said: ${said}`);
}
