import { randomUUID } from "node:crypto";
import type postgres from "postgres";

interface Column {
  name: string;
  type: string;
}

/** SQL for some value of a type; another one each time where values can be unique. */
function sampleOf({ name, type }: Column): string {
  switch (type) {
    case "uuid":
      return `'${randomUUID()}'`;
    case "text":
      return `'${randomUUID()}'`;
    case "text[]":
    case "jsonb":
      return "'{}'";
    case "bytea":
      return `'\\x${randomUUID().replaceAll("-", "")}'`;
    case "boolean":
      return "false";
    case "smallint":
    case "integer":
    case "bigint":
    case "numeric":
      return "1";
    case "date":
    case "timestamp with time zone":
      return "now()";
    default:
      throw new Error(`there is no sample value for ${name}, of type ${type}: add one here`);
  }
}

/** An insert of the smallest row a table takes, for an organization. */
export async function sampleInsert(
  sql: postgres.Sql,
  table: string,
  organizationColumn: string,
  organizationId: string,
): Promise<string> {
  const columns = await sql<Column[]>`
    select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef`;
  const values = columns.map((column) =>
    column.name === organizationColumn ? `'${organizationId}'` : sampleOf(column),
  );
  return `insert into ${table} (${columns.map(({ name }) => name).join(", ")}) values (${values.join(", ")})`;
}
