import { startProgram } from "../processes/program.ts";
import type { RawPostApi } from "../programs/raw-post.ts";
import type { Bench } from "../row.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";

export interface RawPosts {
  run(posts: number): Promise<Throughput>;
}

const concurrency = 128;
/** What a 1 KiB payload becomes inside the outgoing envelope. */
const bodyBytes = 1_024 + 200;
const warmUpPosts = 40_000;

/** A process that only signs and posts, to the same receiver and as many endpoints. */
export async function openRawPosts(
  bench: Bench,
  { endpoints, originUrls }: { endpoints: number; originUrls: string[] },
): Promise<RawPosts> {
  const program = await startProgram<RawPostApi>("raw-post");
  bench.defer(program.stop);
  const run = (posts: number) =>
    measureThroughput(program.pid, posts, () =>
      program.ask("run", { origins: originUrls, endpoints, posts, concurrency, bodyBytes }),
    );
  await run(Math.max(200, Math.round(warmUpPosts * bench.scale)));
  return { run };
}
