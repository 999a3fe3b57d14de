import { wakeChannel } from "@carewire/bus";
import { connect } from "@carewire/db";

/** What a stand-in for a dispatcher does with pings and tests; see {@link answerProbes}. */
export interface ProbeAnswerer {
  /** What the endpoint is said to answer once this resolves; null: nothing takes them. */
  setStatus(httpStatus: number | null): Promise<void>;
  close(): Promise<void>;
}

/**
 * Plays the dispatcher for pings and tests, and for nothing else: says at once that the endpoint answered. The real one
 * is tested end to end.
 */
export async function answerProbes(url: string): Promise<ProbeAnswerer> {
  const sql = connect({ url, max: 2, applicationName: "test-probes" });
  let httpStatus: number | null = 200;

  async function answer(): Promise<void> {
    if (httpStatus === null) return;
    const final = httpStatus < 300 ? 2 : 3;
    await sql`
      with taken as (delete from delivery_queue where probe and lease_until is null returning id, organization_id),
      tried as (
        insert into attempts (id, delivery_id, organization_id, n, outcome, http_status, duration_ms, request_headers,
          response_headers, next_step, reason, started_at)
        select uuidv7(), id, organization_id, 1, 'answered', ${httpStatus}::int, 7,
          ${"webhook-id: evt_1\n"}, ${"server: test\n"}, 'delivered', ${`answered ${httpStatus}`}, now() from taken)
      update deliveries d set status = ${final}, attempts = 1, finished_at = now() from taken where d.id = taken.id`;
  }

  const underWay = new Set<Promise<void>>();
  function tryAnswer(): void {
    // A test that drops its database meanwhile has its answer already.
    const answering = answer().catch(() => {});
    underWay.add(answering);
    void answering.then(() => underWay.delete(answering));
  }

  await sql.listen(wakeChannel, (payload) => {
    if (payload.startsWith("shards:")) tryAnswer();
  });
  const polling = setInterval(tryAnswer, 250);
  return {
    async setStatus(status) {
      httpStatus = status;
      await Promise.all(underWay);
    },
    async close() {
      clearInterval(polling);
      await Promise.all(underWay);
      await sql.end({ timeout: 1 });
    },
  };
}
