import { openDelivering } from "../measure/delivering.ts";
import { cpuPerThousand, perSecond, type Throughput } from "../measure/throughput.ts";
import { cpuMetric, type Row, scaled } from "../row.ts";

const size = { endpoints: 100, origins: 4 };
const subjects = 20;
const deliveriesPerSlice = 10_000;
/** The two sides take turns this often in a round. */
const slices = 2;

/** What it costs to keep the order of every subject: one in flight for each, the next when it is recorded. */
export const fifoRow: Row = {
  name: "fifo",
  title: "100 ordered subscriptions, 20 subjects each ÷ the same without an order",
  metrics: [
    { name: "delivered in order", unit: "/s" },
    { name: "delivered", unit: "/s" },
    { name: "ratio", unit: "×" },
    cpuMetric("dispatcher CPU, in order"),
  ],
  async open(bench) {
    const deliveries = scaled(bench, deliveriesPerSlice, 400);
    const ordered = await openDelivering(bench, { ...size, subjects });
    const unordered = await openDelivering(bench, size);
    return async () => {
      const inOrder: Throughput[] = [];
      const free: Throughput[] = [];
      for (let slice = 0; slice < slices; slice++) {
        inOrder.push(await ordered.run(deliveries));
        free.push(await unordered.run(deliveries));
      }
      return {
        "delivered in order": perSecond(inOrder),
        delivered: perSecond(free),
        ratio: perSecond(inOrder) / perSecond(free),
        "dispatcher CPU, in order": cpuPerThousand(inOrder),
      };
    };
  },
};
