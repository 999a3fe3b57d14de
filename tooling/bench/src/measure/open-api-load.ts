import { type App, startApp } from "../processes/app.ts";
import { type Program, startProgram } from "../processes/program.ts";
import type { ApiLoadApi } from "../programs/api-load.ts";
import type { Bench } from "../row.ts";
import { seedApiKey } from "../seed/api-key.ts";
import type { BenchDatabase } from "../seed/bench-database.ts";

/** The subscriptions API on this database, and a process that publishes through it. */
export async function openApiLoad(
  bench: Bench,
  database: BenchDatabase,
): Promise<{ api: App; load: Program<ApiLoadApi> }> {
  const apiKey = await seedApiKey(database);
  const api = await startApp({ app: "subscriptions-api", env: database.appEnv });
  bench.defer(api.stop);
  const load = await startProgram<ApiLoadApi>("api-load");
  bench.defer(load.stop);
  await load.ask("open", { url: api.url, apiKey });
  return { api, load };
}
