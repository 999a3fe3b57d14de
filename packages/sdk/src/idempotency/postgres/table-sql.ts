/** The table that stores use when none is named. */
export const defaultTable = "carewire_webhooks";

/** Checks a table's name, with or without a schema in front. Throws, because it becomes part of statements. */
export function checkedTable(table: string): string {
  if (/^([a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,49}$/.test(table)) return table;
  throw new TypeError(
    "table must be a name of a-z 0-9 _ of at most 50 characters, with or without a schema before a dot",
  );
}

/**
 * The statements that make the table, for your migrations; running them again changes nothing. A row holds an event's id
 * and two facts about its processing, nothing of the event. Throws when `table` is no name.
 */
export function idempotencyTableSql(table: string = defaultTable): string {
  const name = checkedTable(table);
  return `create table if not exists ${name} (
  id text primary key,
  holder text,
  expires_at timestamptz not null
);
comment on column ${name}.holder is 'who processes the event; null: it was processed';
create index if not exists ${name.split(".").at(-1)}_expires_at on ${name} (expires_at);
`;
}
