import { setTimeout as sleep } from "node:timers/promises";
import { createPublisher, createWaker, type Publisher, type Waker } from "@carewire/bus";
import { connect, type Sql } from "@carewire/db";
import { createVault, keyEncryptionKeysSchema } from "@carewire/service-kit";
import { nowMs } from "../measure/now-ms.ts";
import { answerRequests } from "../processes/answer-requests.ts";
import { eventTypeOf } from "../seed/event-type.ts";
import { createDraft } from "../seed/events.ts";

/** Publishes as a service would: one statement for all that is due, then a wake-up; one commit at a time. */
let session: { sql: Sql; publisher: Publisher; waker: Waker; organizationId: string } | null = null;

const batchMax = 500;
/** At high rates what came due within a tick shares a commit; the wait for the tick counts as latency. */
const tickMs = 2;

function opened() {
  if (!session) throw new Error("open the publisher first");
  return session;
}

async function publish(first: number, timesMs: readonly number[], endpoints: number): Promise<void> {
  const { sql, publisher, waker, organizationId } = opened();
  const drafts = timesMs.map((atMs, i) =>
    createDraft(organizationId, eventTypeOf((first + i) % endpoints), atMs),
  );
  await publisher.publish(sql, drafts);
  waker.wake();
}

const api = {
  /** Connects and opens the organization's data key. */
  async open(input: { url: string; keyEncryptionKeys: string; organizationId: string }): Promise<void> {
    const { url, organizationId } = input;
    const sql = connect({ url, max: 2, applicationName: "bench-publisher" });
    const keyEncryptionKeys = keyEncryptionKeysSchema.parse(input.keyEncryptionKeys);
    const publisher = createPublisher({ vault: createVault({ sql, keyEncryptionKeys }) });
    const waker = createWaker({ notify: connect({ url, max: 1, applicationName: "bench-wake" }) });
    session = { sql, publisher, waker, organizationId };
    await sql`select 1`;
  },
  /**
   * Open loop: event n is for endpoint n mod `endpoints`, due at n ÷ rate after `startAtMs`, and stamped with that
   * time, published late or not.
   */
  async trickle(load: { startAtMs: number; perSecond: number; count: number; endpoints: number }) {
    const dueAtMs = (n: number) => load.startAtMs + (n * 1_000) / load.perSecond;
    let sent = 0;
    while (sent < load.count) {
      const due = Math.floor(((nowMs() - load.startAtMs) * load.perSecond) / 1_000) + 1;
      const batch = Math.min(due, load.count, sent + batchMax) - sent;
      if (batch > 0) {
        await publish(
          sent,
          Array.from({ length: batch }, (_, i) => dueAtMs(sent + i)),
          load.endpoints,
        );
        sent += batch;
      } else await sleep(Math.max(tickMs, dueAtMs(sent) - nowMs()));
    }
  },
  /** As fast as commits come back. */
  async flood(load: { count: number; endpoints: number }): Promise<void> {
    for (let sent = 0; sent < load.count; sent += batchMax) {
      const batch = Math.min(batchMax, load.count - sent);
      await publish(sent, new Array(batch).fill(nowMs()), load.endpoints);
    }
  },
  /** One event of one type. */
  async one({ type }: { type: string }): Promise<number> {
    const { sql, publisher, waker, organizationId } = opened();
    const atMs = nowMs();
    await publisher.publish(sql, [createDraft(organizationId, type, atMs)]);
    waker.wake();
    return atMs;
  },
};

/** What the publisher can be asked. */
export type PublisherApi = typeof api;

answerRequests(api);
