import { allFamilies, type FamilyName } from "../families/all-families.ts";
import { ingressEnv } from "../measure/ingress-env.ts";
import { measureThroughput, type Throughput } from "../measure/throughput.ts";
import { startApp } from "../processes/app.ts";
import { startProgram } from "../processes/program.ts";
import type { IngressBaselineApi } from "../programs/ingress-baseline.ts";
import type { IngressLoadApi } from "../programs/ingress-load.ts";
import { cpuMetric, type Row, scaled } from "../row.ts";
import { createBenchDatabase } from "../seed/bench-database.ts";

/** Enough that what is measured is work, not the wait for a commit; and few, where the wait counts too. */
const connections = 256;
const connectionsFew = 64;
const requestsPerSlice = 12_000;
/** The two sides take turns this often in a round. */
const slices = 2;
/** Before anything counts, on both sides: until V8 has optimised all of a pipeline. */
const warmUpSlices = 3;
const settleSeconds = 1;
const halfLoadSeconds = 4;

/** A family's ingress against the same express pipeline whose acceptor resolves at once. */
const createIngressRow = (name: string, family: FamilyName): Row => ({
  name,
  title: `requests of ${allFamilies[family].sender} through ${allFamilies[family].app} ÷ the same express pipeline + signature without a database`,
  metrics: [
    { name: "stored", unit: "/s" },
    { name: "baseline", unit: "/s" },
    { name: "ratio", unit: "×", target: { relation: "at least", value: 0.85 } },
    { name: "ratio, 64 connections", unit: "×" },
    { name: "p50 at half load", unit: "ms" },
    { name: "p99 at half load", unit: "ms", target: { relation: "under", value: 25 } },
    cpuMetric("ingress CPU"),
    cpuMetric("baseline CPU"),
  ],
  async open(bench) {
    const database = await createBenchDatabase(bench);
    const ingress = await startApp({ app: allFamilies[family].app, env: ingressEnv(database, family) });
    bench.defer(ingress.stop);
    const baseline = await startProgram<IngressBaselineApi>("ingress-baseline");
    bench.defer(baseline.stop);
    const load = await startProgram<IngressLoadApi>("ingress-load");
    bench.defer(load.stop);
    const baselineUrl = await baseline.ask("serve", { family });
    const count = scaled(bench, requestsPerSlice, 200);

    async function flood(pid: number, url: string, open = connections): Promise<Throughput> {
      await load.ask("prepare", { family, count });
      return measureThroughput(pid, count, () => load.ask("flood", { url, connections: open, count }));
    }

    async function trickle(perSecond: number) {
      // Half a load is not measured while the disk still writes what the full load before it left; see docs/performance.md.
      await database.sql`checkpoint`;
      const settleCount = Math.ceil(perSecond * settleSeconds * Math.min(1, bench.scale));
      const sent = settleCount + Math.ceil(perSecond * halfLoadSeconds * Math.min(1, bench.scale));
      await load.ask("prepare", { family, count: sent });
      return load.ask("trickle", { url: ingress.url, connections, count: sent, settleCount, perSecond });
    }

    for (let slice = 0; slice < warmUpSlices; slice++) {
      await flood(ingress.pid, ingress.url);
      await flood(baseline.pid, baselineUrl);
    }
    return async () => {
      const stored: Throughput[] = [];
      const bare: Throughput[] = [];
      for (let slice = 0; slice < slices; slice++) {
        stored.push(await flood(ingress.pid, ingress.url));
        bare.push(await flood(baseline.pid, baselineUrl));
      }
      const storedFew = await flood(ingress.pid, ingress.url, connectionsFew);
      const bareFew = await flood(baseline.pid, baselineUrl, connectionsFew);
      const perSecond = average(stored, "perSecond");
      const halfLoad = await trickle(perSecond / 2);
      return {
        stored: perSecond,
        baseline: average(bare, "perSecond"),
        ratio: perSecond / average(bare, "perSecond"),
        "ratio, 64 connections": storedFew.perSecond / bareFew.perSecond,
        "p50 at half load": halfLoad.p50Ms,
        "p99 at half load": halfLoad.p99Ms,
        "ingress CPU": average(stored, "cpuPerThousand"),
        "baseline CPU": average(bare, "cpuPerThousand"),
      };
    };
  },
});

/** One row per family; the first is the one that stands for all where few are run. */
export const ingressRows: readonly Row[] = [
  createIngressRow("ingress", "payments"),
  createIngressRow("ingress-telemedicine", "telemedicine"),
  createIngressRow("ingress-messaging", "messaging"),
  createIngressRow("ingress-gtm", "gtm"),
  createIngressRow("ingress-emr", "emr"),
  createIngressRow("ingress-workforce", "workforce"),
];

const average = (parts: readonly Throughput[], field: keyof Throughput): number =>
  parts.reduce((sum, part) => sum + part[field], 0) / parts.length;
