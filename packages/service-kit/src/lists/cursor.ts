import { createHash } from "node:crypto";
import type { Vault } from "@carewire/bus";
import { z } from "zod";

/** Which way a page lies from its position. Lists are newest first. */
export type Direction = "older" | "newer";

/** Where a page starts: the ids, or names, its neighbour ends with. */
export interface Position {
  direction: Direction;
  ids: string[];
}

/** What a cursor belongs to; it opens nowhere else. */
export interface CursorScope {
  organizationId: string;
  /** Name of the list. */
  list: string;
  /** Whatever narrows the list: the query's filters, the parent's id. */
  filters: Record<string, unknown>;
}

export type OpenedCursor = { ok: true; position: Position } | { ok: false };

/** Cursors are sealed with the organization's data key, so a forged or borrowed one is told from a real one. */
export interface Cursors {
  seal(scope: CursorScope, position: Position): Promise<string>;
  open(scope: CursorScope, cursor: string): Promise<OpenedCursor>;
}

const positionSchema = z.object({
  direction: z.enum(["older", "newer"]),
  ids: z.array(z.string().max(128)).min(1).max(2),
});

function aadOf({ list, filters }: CursorScope): string {
  const narrowed = JSON.stringify(Object.entries(filters).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `cursor:${list}:${createHash("sha256").update(narrowed).digest("base64url")}`;
}

export function createCursors({ vault }: { vault: Vault }): Cursors {
  return {
    async seal(scope, position) {
      const dataKey = await vault.dataKey(scope.organizationId);
      return dataKey.seal(aadOf(scope), Buffer.from(JSON.stringify(position))).toString("base64url");
    },
    async open(scope, cursor) {
      const dataKey = await vault.dataKey(scope.organizationId);
      try {
        const opened = dataKey.open(aadOf(scope), Buffer.from(cursor, "base64url"));
        return { ok: true, position: positionSchema.parse(JSON.parse(opened.toString("utf8"))) };
      } catch {
        // Nothing but a forged cursor can fail here: the key is at hand.
        return { ok: false };
      }
    },
  };
}
