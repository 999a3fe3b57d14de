import { openDelivering } from "../measure/delivering.ts";
import { openRawPosts } from "../measure/raw-posts.ts";
import { cpuMetric, type Row, scaled } from "../row.ts";

interface Size {
  endpoints: number;
  /** Receiving ports; endpoints share them evenly. */
  origins: number;
}

const deliveriesPerRound = 40_000;

/** Durable deliveries of one dispatcher process against a loop that only signs and posts. */
const createDeliverRow = ({ endpoints, origins }: Size): Row => ({
  name: `deliver-${endpoints}`,
  title: `durable deliveries (endpoints: ${endpoints}, origins: ${origins}) ÷ raw undici + HMAC POST loop`,
  metrics: [
    { name: "delivered", unit: "/s" },
    { name: "raw", unit: "/s" },
    { name: "ratio", unit: "×", target: { relation: "at least", value: 0.35 } },
    cpuMetric("dispatcher CPU"),
    cpuMetric("raw CPU"),
  ],
  async open(bench) {
    const deliveries = scaled(bench, deliveriesPerRound, 200);
    const size = {
      endpoints: Math.min(endpoints, scaled(bench, endpoints, 100)),
      origins: Math.min(origins, scaled(bench, origins, 10)),
    };
    const delivering = await openDelivering(bench, size);
    const rawPosts = await openRawPosts(bench, { ...size, originUrls: delivering.origins });
    return async () => {
      const raw = await rawPosts.run(deliveries);
      const delivered = await delivering.run(deliveries);
      return {
        delivered: delivered.perSecond,
        raw: raw.perSecond,
        ratio: delivered.perSecond / raw.perSecond,
        "dispatcher CPU": delivered.cpuPerThousand,
        "raw CPU": raw.cpuPerThousand,
      };
    };
  },
});

export const deliverRows: readonly Row[] = [
  createDeliverRow({ endpoints: 1, origins: 1 }),
  createDeliverRow({ endpoints: 100, origins: 4 }),
  createDeliverRow({ endpoints: 10_000, origins: 5_000 }),
];
