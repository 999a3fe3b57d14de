import type { Sql } from "@carewire/db";
import { type Clock, firstIdAt } from "@carewire/envelope";
import { readTail } from "./read-tail.ts";
import { type TailItem, toTailItems } from "./tail-message.ts";

export interface TailListener {
  organizationId: string;
  onItem(item: TailItem): void;
  /** More happened than is shown. */
  onCut(): void;
}

/** What happens in the organizations that somebody looks at. */
export interface TailFeed {
  /** Tells of everything from now on; returns what ends that. */
  follow(listener: TailListener): () => void;
  close(): void;
}

export interface TailFeedDeps {
  /** As the platform: one look is for all organizations that somebody follows. */
  sql: Sql;
  clock: Clock;
  onError(error: unknown): void;
}

const lookMs = 500;
/** Rows become visible after rows with later ids: every look goes back so far. */
const overlapMs = 3_000;
const rememberedMax = 20_000;

/** Looks into history twice a second for as long as anybody follows, once for all who do. */
export function createTailFeed({ sql, clock, onError }: TailFeedDeps): TailFeed {
  const listeners = new Map<TailListener, string>();
  const told = new Map<string, true>();
  /** When the last look began that saw everything. */
  let lookedAtMs = 0;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  async function look(): Promise<void> {
    const nowMs = clock.now();
    const organizationIds = [...new Set([...listeners.keys()].map(({ organizationId }) => organizationId))];
    const rows = await readTail(sql, organizationIds, firstIdAt(lookedAtMs - overlapMs));
    lookedAtMs = nowMs;
    for (const item of toTailItems(rows)) if (!told.has(item.id)) tell(item);
    if (rows.isCut) for (const listener of listeners.keys()) listener.onCut();
  }

  function tell(item: TailItem): void {
    told.set(item.id, true);
    if (told.size > rememberedMax) {
      const [oldest] = told.keys();
      if (oldest !== undefined) told.delete(oldest);
    }
    for (const [listener, fromId] of listeners) {
      if (listener.organizationId === item.organizationId && item.id >= fromId) listener.onItem(item);
    }
  }

  function schedule(): void {
    if (timer !== null || closed || listeners.size === 0) return;
    timer = setTimeout(async () => {
      await look().catch(onError);
      timer = null;
      schedule();
    }, lookMs);
  }

  return {
    follow(listener) {
      if (timer === null) lookedAtMs = clock.now();
      listeners.set(listener, firstIdAt(clock.now()));
      schedule();
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
