import type { Queryable } from "@carewire/db";

/**
 * Stops a consumer without stopping its processes: what they handle now ends and they claim nothing more. What is routed
 * to it waits in the queue like what waits already, so that nothing is held that a resume could miss. False when there is
 * no such consumer.
 */
export const pauseConsumer = (tx: Queryable, name: string): Promise<boolean> => setActive(tx, name, false);

/** Lets its processes claim again, what waits longest first; wake them after the commit. False when there is no such consumer. */
export const resumeConsumer = (tx: Queryable, name: string): Promise<boolean> => setActive(tx, name, true);

async function setActive(tx: Queryable, name: string, active: boolean): Promise<boolean> {
  const rows = await tx`
    update consumers set active = ${active} where name = ${name} and removed_at is null returning 1`;
  return rows.length > 0;
}
