/** JSON objects, as far as one may be looked into without knowing what is in it. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list, or an empty one for anything else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** One thing a request says about one account, or a part of the request that says nothing we understand. */
export type Change =
  | { understood: true; accountId: string | undefined; field: string; value: Fields }
  | { understood: false; part: unknown };

/** Takes a request's list of entries apart. What is no entry or no change comes out as it is, alone. */
export function readChanges(entries: readonly unknown[]): Change[] {
  return entries.flatMap((entry): Change[] => {
    if (!isFields(entry) || !Array.isArray(entry.changes)) return [{ understood: false, part: entry }];
    const accountId = textOf(entry.id);
    return entry.changes.map((change: unknown): Change => {
      if (!isFields(change) || typeof change.field !== "string" || !isFields(change.value)) {
        return { understood: false, part: { id: entry.id, change } };
      }
      return { understood: true, accountId, field: change.field, value: change.value };
    });
  });
}

/** How many entries, changes, messages and statuses a request has, without looking at any of them. */
export function countParts(entries: readonly unknown[]): number {
  let parts = entries.length;
  for (const entry of entries) {
    const changes = isFields(entry) ? listOf(entry.changes) : [];
    parts += changes.length;
    for (const change of changes) {
      const value = isFields(change) && isFields(change.value) ? change.value : {};
      parts += listOf(value.messages).length + listOf(value.statuses).length;
    }
  }
  return parts;
}
