import type { CommandContext } from "./command-context.ts";
import { momentOf } from "./commands/moments.ts";
import { CliError, exitCodes } from "./exit-codes.ts";
import { fields } from "./output/table.ts";
import { withData } from "./trigger/parse-data.ts";

export interface ReplayOptions {
  since?: string;
  until?: string;
  filter?: string[];
  dryRun?: boolean;
  ratePerSecond?: number;
  wait?: boolean;
}

interface Job {
  id?: string;
  status?: string;
  [name: string]: unknown;
}

const pollMs = 1_000;

/** `carewire replay`: sends finished deliveries again, in bulk. */
export async function replay(context: CommandContext, options: ReplayOptions): Promise<void> {
  const { output, now } = context;
  const filter = withData({}, options.filter ?? [], "--filter");
  if (options.since !== undefined) filter.since = momentOf(options.since, now(), "--since");
  if (options.until !== undefined) filter.until = momentOf(options.until, now(), "--until");
  if (Object.keys(filter).length === 0) {
    throw new CliError(
      "Say what to replay: --since 2h, --filter subscription_id=sub_…, --filter status=failed.",
      exitCodes.usage,
    );
  }
  const rate = options.ratePerSecond;
  let job = (await context.client().replays.create({
    filter,
    dry_run: options.dryRun === true,
    ...(rate === undefined ? {} : { rate_per_second: rate }),
  } as Parameters<ReturnType<CommandContext["client"]>["replays"]["create"]>[0])) as unknown as Job;
  while (
    options.wait === true &&
    job.status === "running" &&
    job.id !== undefined &&
    !context.interrupted.aborted
  ) {
    await context.sleep(pollMs, context.interrupted);
    job = (await context.client().replays.get(job.id)) as unknown as Job;
  }
  output.result(job, () => fields(output.colors, job));
  if (job.status === "failed")
    throw new CliError(`The replay failed: ${String(job.error)}`, exitCodes.failed);
}
