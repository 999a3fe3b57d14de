import { randomBytes } from "node:crypto";
import { connect } from "@carewire/db";
import { createVault, keyEncryptionKeysSchema } from "@carewire/service-kit";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { createDeliver } from "../bullmq/deliver.ts";
import { routeBatch } from "../bullmq/route.ts";
import { answerRequests } from "../processes/answer-requests.ts";

/**
 * The alternative: one BullMQ job per delivery. Leases and outcomes are in Postgres as well, so it is as durable as
 * the dispatcher; only the handing out differs.
 */
let route: (() => Promise<void>) | null = null;
let close: () => Promise<void> = async () => {};

const concurrency = 200;

const api = {
  /** Connects everything; nothing is routed yet. */
  async open(input: { url: string; keyEncryptionKeys: string; redisUrl: string }): Promise<void> {
    const sql = connect({
      url: input.url,
      max: 5,
      applicationName: "bench-bullmq",
      settings: { enable_seqscan: "off", jit: "off" },
    });
    const keyEncryptionKeys = keyEncryptionKeysSchema.parse(input.keyEncryptionKeys);
    const deliver = createDeliver({ sql, vault: createVault({ sql, keyEncryptionKeys }) });
    const prefix = `{bench-${randomBytes(6).toString("hex")}}`;
    const connection = () => new Redis(input.redisUrl, { maxRetriesPerRequest: null });
    const queue = new Queue("deliveries", {
      connection: connection(),
      prefix,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    const worker = new Worker("deliveries", (job) => deliver(job.data.id), {
      connection: connection(),
      prefix,
      concurrency,
    });
    worker.on("failed", (_job, error) => console.error(`bullmq: ${error.message}`));
    await worker.waitUntilReady();
    route = async () => {
      for (;;) {
        const { events, deliveryIds } = await routeBatch(sql);
        if (events === 0) return;
        await queue.addBulk(deliveryIds.map((id) => ({ name: "delivery", data: { id } })));
      }
    };
    close = async () => {
      await worker.close(true);
      await queue.obliterate({ force: true });
    };
  },
  /** Routes what waits and makes the jobs, while the worker already takes them. */
  async run(): Promise<void> {
    if (!route) throw new Error("open the pipeline first");
    await route();
  },
  /** Leaves nothing in Redis. */
  close: (): Promise<void> => close(),
};

/** What the pipeline can be asked. */
export type BullmqPipelineApi = typeof api;

answerRequests(api);
