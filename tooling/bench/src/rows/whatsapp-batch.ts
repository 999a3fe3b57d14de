import { ingressEnv } from "../measure/ingress-env.ts";
import { startApp } from "../processes/app.ts";
import { startProgram } from "../processes/program.ts";
import type { IngressLoadApi } from "../programs/ingress-load.ts";
import { type Row, scaled } from "../row.ts";
import { createBenchDatabase } from "../seed/bench-database.ts";
import { percentile } from "../statistics/percentile.ts";

const itemsPerRequest = 1_000;
const requestsPerRound = 20;
/** A process that has just started compiles what it runs first. */
const warmUpRequests = 5;

/** One request with a thousand messages, each of which becomes an event of its own before the answer. */
export const whatsappBatchRow: Row = {
  name: "whatsapp-batch",
  title: "one WhatsApp request of 1,000 messages (2.9 MB), stored and answered, one after the other",
  metrics: [
    { name: "p50", unit: "ms" },
    { name: "slowest", unit: "ms", target: { relation: "under", value: 250 } },
  ],
  async open(bench) {
    const database = await createBenchDatabase(bench);
    const ingress = await startApp({
      app: "ingress-messaging",
      env: ingressEnv(database, "messaging"),
    });
    bench.defer(ingress.stop);
    const load = await startProgram<IngressLoadApi>("ingress-load");
    bench.defer(load.stop);
    const items = scaled(bench, itemsPerRequest, 10);

    async function send(count: number): Promise<number[]> {
      await load.ask("prepareBatches", { count, items });
      return load.ask("oneByOne", { url: ingress.url });
    }

    await send(warmUpRequests);
    return async () => {
      const tookMs = await send(scaled(bench, requestsPerRound, 3));
      return { p50: percentile(tookMs, 0.5), slowest: Math.max(...tookMs) };
    };
  },
};
