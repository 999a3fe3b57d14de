import type { TestApi } from "./start-test-api.ts";

/** Every row of every table as text, to look for what must not be there. */
export async function databaseText(api: TestApi): Promise<string> {
  const tables = await api.sql<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`;
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await api.sql<{ row: string }[]>`select t::text as row from ${api.sql(name)} t`;
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join("\n");
}

/** How a bytea column would show the text. */
export const inHex = (text: string): string => Buffer.from(text).toString("hex");
