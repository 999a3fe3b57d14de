import type { ChildProgram } from "./child-program.ts";
import { eventually } from "./eventually.ts";

/**
 * Polls `isReady` until it is true. Throws with the program's output when the program ends first or
 * `timeoutMs` passes; it is killed then.
 */
export async function waitUntilReady(
  program: ChildProgram,
  name: string,
  isReady: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  let ended = false;
  void program.exited.then(() => {
    ended = true;
  });
  try {
    const ready = await eventually(async () => ended || ((await isReady()) && "ready"), {
      timeoutMs,
    });
    if (ready !== "ready") throw new Error("it ended instead");
  } catch (cause) {
    program.kill("SIGKILL");
    await program.exited;
    throw new Error(`${name} did not become ready: ${(cause as Error).message}\n${program.output()}`, {
      cause,
    });
  }
}
