import { type Program, startProgram } from "../processes/program.ts";
import type { PublisherApi } from "../programs/publisher.ts";
import type { Bench } from "../row.ts";
import type { BenchDatabase } from "../seed/bench-database.ts";

/** A process that publishes into this database. */
export async function openPublisher(bench: Bench, database: BenchDatabase): Promise<Program<PublisherApi>> {
  const publisher = await startProgram<PublisherApi>("publisher");
  bench.defer(publisher.stop);
  await publisher.ask("open", {
    url: database.url,
    keyEncryptionKeys: database.keyEncryptionKeys,
    organizationId: database.organizationId,
  });
  return publisher;
}
