/** Rows as they are now, with the texts that were revealed of them: what came since is still masked. */
export function inTheClear<Row>(
  rows: Row[],
  revealed: Row[] | undefined,
  id: keyof Row,
  text: keyof Row,
): Row[] {
  const clear = new Map(revealed?.map((row) => [row[id], row[text]]));
  return rows.map((row) => ({ ...row, [text]: clear.get(row[id]) ?? row[text] }));
}
