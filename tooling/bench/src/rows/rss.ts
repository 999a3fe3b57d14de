import { ingressEnv } from "../measure/ingress-env.ts";
import { openApiLoad } from "../measure/open-api-load.ts";
import { openEndpoints } from "../measure/open-endpoints.ts";
import { untilRecorded } from "../measure/until-recorded.ts";
import { startApp } from "../processes/app.ts";
import { startProgram } from "../processes/program.ts";
import { readRssMiB } from "../processes/usage.ts";
import type { IngressLoadApi } from "../programs/ingress-load.ts";
import { type Row, scaled } from "../row.ts";

const endpoints = 1_000;
const originsCount = 50;
const requestsPerRound = 10_000;
const connections = 64;

/** Memory of every process of the product, all on one database, after it has worked. */
export const rssRow: Row = {
  name: "rss",
  title: "resident memory after 10,000 Stripe events and 10,000 published events with their deliveries",
  metrics: [
    { name: "ingress-payments", unit: "MiB" },
    { name: "ingress-payments worker", unit: "MiB" },
    { name: "subscriptions-api", unit: "MiB" },
    { name: "dispatcher", unit: "MiB" },
    { name: "doctors", unit: "MiB" },
  ],
  async open(bench) {
    const { database, receiver } = await openEndpoints(bench, { endpoints, origins: originsCount });
    const env = database.appEnv;
    const ingress = await startApp({ app: "ingress-payments", env: ingressEnv(database, "payments") });
    bench.defer(ingress.stop);
    const worker = await startApp({ app: "ingress-payments", role: "worker", env });
    bench.defer(worker.stop);
    const dispatcher = await startApp({ app: "dispatcher", env });
    bench.defer(dispatcher.stop);
    const doctors = await startApp({ app: "doctors", env });
    bench.defer(doctors.stop);
    const { api, load } = await openApiLoad(bench, database);
    const stripe = await startProgram<IngressLoadApi>("ingress-load");
    bench.defer(stripe.stop);

    return async () => {
      const count = scaled(bench, requestsPerRound, 200);
      await receiver.ask("reset", undefined);
      await stripe.ask("prepare", { family: "payments", count });
      await stripe.ask("flood", { url: ingress.url, connections, count });
      await load.ask("flood", { count, endpoints });
      await receiver.ask("until", { count });
      await untilRecorded(database.sql);
      return {
        "ingress-payments": readRssMiB(ingress.pid),
        "ingress-payments worker": readRssMiB(worker.pid),
        "subscriptions-api": readRssMiB(api.pid),
        dispatcher: readRssMiB(dispatcher.pid),
        doctors: readRssMiB(doctors.pid),
      };
    };
  },
};
