import { type Delivering, openDelivering } from "../measure/delivering.ts";
import { cpuPerThousand, type Throughput } from "../measure/throughput.ts";
import { type Bench, cpuMetric, type Row, scaled } from "../row.ts";
import { seedBacklog } from "../seed/backlog.ts";

const size = { endpoints: 1_000, origins: 20 };
const smallBacklog = 1_000;
const largeBacklog = 1_000_000;
const deliveriesPerSlice = 10_000;
const settleDeliveries = 2_000;
/** The two sides take turns this often in a round. */
const slices = 2;

/** Whether a delivery costs more when a million others wait on the same endpoints. */
export const backlogRow: Row = {
  name: "backlog",
  title:
    "time per delivery (route, claim, send, record) with 1,000,000 rows waiting for a retry ÷ with 1,000",
  metrics: [
    { name: "per delivery, 1,000 pending", unit: "µs" },
    { name: "per delivery, 1,000,000 pending", unit: "µs" },
    { name: "ratio", unit: "×", target: { relation: "at most", value: 1.1 } },
    cpuMetric("dispatcher CPU, 1,000 pending"),
    cpuMetric("dispatcher CPU, 1,000,000 pending"),
  ],
  async open(bench) {
    const small = await openWithBacklog(bench, smallBacklog);
    const large = await openWithBacklog(bench, scaled(bench, largeBacklog, 2_000));
    const deliveries = scaled(bench, deliveriesPerSlice, 200);
    return async () => {
      const few: Throughput[] = [];
      const many: Throughput[] = [];
      for (let slice = 0; slice < slices; slice++) {
        few.push(await small.run(deliveries));
        many.push(await large.run(deliveries));
      }
      return {
        "per delivery, 1,000 pending": microseconds(few, deliveries),
        "per delivery, 1,000,000 pending": microseconds(many, deliveries),
        ratio: microseconds(many, deliveries) / microseconds(few, deliveries),
        "dispatcher CPU, 1,000 pending": cpuPerThousand(few),
        "dispatcher CPU, 1,000,000 pending": cpuPerThousand(many),
      };
    };
  },
};

async function openWithBacklog(bench: Bench, rows: number): Promise<Delivering> {
  const delivering = await openDelivering(bench, size);
  await seedBacklog(delivering.database, rows);
  // The first statements after a million inserts pay for cold caches and new plans.
  await delivering.run(scaled(bench, settleDeliveries, 200));
  return delivering;
}

const microseconds = (parts: readonly Throughput[], deliveries: number): number =>
  (parts.reduce((sum, { seconds }) => sum + seconds, 0) / (parts.length * deliveries)) * 1_000_000;
