import { openDelivering } from "../measure/delivering.ts";
import { openEndpoints } from "../measure/open-endpoints.ts";
import { measureThroughput, type Throughput } from "../measure/throughput.ts";
import { untilRecorded } from "../measure/until-recorded.ts";
import { startProgram } from "../processes/program.ts";
import type { BullmqPipelineApi } from "../programs/bullmq-pipeline.ts";
import { type Bench, cpuMetric, type Row, scaled } from "../row.ts";
import { seedEvents } from "../seed/events.ts";

const size = { endpoints: 100, origins: 4 };
const deliveriesPerRound = 20_000;
// V8 goes on optimising for some ten thousand deliveries; the side it is compared with gets as many.
const warmUpDeliveries = 40_000;

/** The dispatcher against the same durable pipeline with one BullMQ job per delivery. */
export const bullmqRow: Row = {
  name: "bullmq",
  title: "durable deliveries, 100 endpoints ÷ the same pipeline with one BullMQ job per delivery",
  metrics: [
    { name: "delivered", unit: "/s" },
    { name: "with BullMQ jobs", unit: "/s" },
    { name: "ratio", unit: "×", target: { relation: "at least", value: 2 } },
    cpuMetric("dispatcher CPU"),
    cpuMetric("BullMQ CPU"),
  ],
  async open(bench) {
    const delivering = await openDelivering(bench, size);
    const runWithJobs = await openJobPipeline(bench);
    const deliveries = scaled(bench, deliveriesPerRound, 200);
    return async () => {
      const jobs = await runWithJobs(deliveries);
      const delivered = await delivering.run(deliveries);
      return {
        delivered: delivered.perSecond,
        "with BullMQ jobs": jobs.perSecond,
        ratio: delivered.perSecond / jobs.perSecond,
        "dispatcher CPU": delivered.cpuPerThousand,
        "BullMQ CPU": jobs.cpuPerThousand,
      };
    };
  },
};

async function openJobPipeline(bench: Bench): Promise<(deliveries: number) => Promise<Throughput>> {
  const { database, receiver } = await openEndpoints(bench, size);
  const pipeline = await startProgram<BullmqPipelineApi>("bullmq-pipeline");
  bench.defer(pipeline.stop);
  await pipeline.ask("open", {
    url: database.url,
    keyEncryptionKeys: database.keyEncryptionKeys,
    redisUrl: database.redisUrl,
  });
  bench.defer(() => pipeline.ask("close", undefined));

  async function run(deliveries: number): Promise<Throughput> {
    await seedEvents(database, deliveries, size.endpoints);
    await receiver.ask("reset", undefined);
    return measureThroughput(pipeline.pid, deliveries, async () => {
      await pipeline.ask("run", undefined);
      await receiver.ask("until", { count: deliveries });
      await untilRecorded(database.sql);
    });
  }

  await run(scaled(bench, warmUpDeliveries, 200));
  return run;
}
