/** A row that was looked at: `matched` ones are to be taken. */
interface Looked {
  /** What the position advances to. */
  id: string;
  matched: boolean;
}

/** What becomes of the rows that a step looked at. */
export interface Batch<Row extends Looked> {
  take: Row[];
  /** The last one that is dealt with; the next step looks further from here. */
  position: string;
  /** There is nothing further. */
  isDone: boolean;
}

/** Takes what matched, oldest first and `takeMax` at most, and leaves what lies beyond to the next step. */
export function planBatch<Row extends Looked>(
  rows: readonly Row[],
  { position, takeMax, lookMax }: { position: string; takeMax: number; lookMax: number },
): Batch<Row> {
  const take: Row[] = [];
  for (const row of rows) {
    if (row.matched && take.length === takeMax) return { take, position, isDone: false };
    if (row.matched) take.push(row);
    position = row.id;
  }
  return { take, position, isDone: rows.length < lookMax };
}
