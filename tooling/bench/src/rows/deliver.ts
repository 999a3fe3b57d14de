import { openDelivering } from "../measure/delivering.ts";
import { openRawPosts } from "../measure/raw-posts.ts";
import { cpuPerThousand, perSecond, type Throughput } from "../measure/throughput.ts";
import { cpuMetric, type Row, scaled } from "../row.ts";

interface Size {
  name: string;
  endpoints: number;
  /** Receiving ports; endpoints share them evenly. */
  origins: number;
  /** Of each subscription. Default: none. */
  ratePerSecond?: number;
}

/** About two seconds: in the first 60 ms of a slice, and in its last 80, one half of the dispatcher has nothing to do yet, or any more. */
const deliveriesPerSlice = 30_000;
/** The two sides take turns this often in a round: shared machines change their speed within seconds. */
const slices = 3;

/** Durable deliveries of one dispatcher process against a loop that only signs and posts. */
const createDeliverRow = ({ name, endpoints, origins, ratePerSecond }: Size): Row => ({
  name,
  title: `durable deliveries (endpoints: ${endpoints}, origins: ${origins}${ratePerSecond ? ", each with a rate limit" : ""}) ÷ raw undici + HMAC POST loop`,
  metrics: [
    { name: "delivered", unit: "/s" },
    { name: "raw", unit: "/s" },
    { name: "ratio", unit: "×", target: { relation: "at least", value: 0.35 } },
    cpuMetric("dispatcher CPU"),
    cpuMetric("raw CPU"),
  ],
  async open(bench) {
    const deliveries = scaled(bench, deliveriesPerSlice, 200);
    const size = {
      endpoints: Math.min(endpoints, scaled(bench, endpoints, 100)),
      origins: Math.min(origins, scaled(bench, origins, 10)),
    };
    const delivering = await openDelivering(bench, { ...size, ...(ratePerSecond && { ratePerSecond }) });
    const rawPosts = await openRawPosts(bench, { ...size, originUrls: delivering.origins });
    return async () => {
      const raw: Throughput[] = [];
      const delivered: Throughput[] = [];
      for (let slice = 0; slice < slices; slice++) {
        raw.push(await rawPosts.run(deliveries));
        delivered.push(await delivering.run(deliveries));
      }
      return {
        delivered: perSecond(delivered),
        raw: perSecond(raw),
        ratio: perSecond(delivered) / perSecond(raw),
        "dispatcher CPU": cpuPerThousand(delivered),
        "raw CPU": cpuPerThousand(raw),
      };
    };
  },
});

export const deliverRows: readonly Row[] = [
  createDeliverRow({ name: "deliver-1", endpoints: 1, origins: 1 }),
  createDeliverRow({ name: "deliver-100", endpoints: 100, origins: 4 }),
  createDeliverRow({ name: "deliver-limited", endpoints: 100, origins: 4, ratePerSecond: 10_000 }),
  createDeliverRow({ name: "deliver-10000", endpoints: 10_000, origins: 5_000 }),
];
