import type { Colors } from "./output.ts";
import { printable } from "./printable.ts";

/** A column: its heading, and what it shows of a row. */
export type Column = [heading: string, value: (row: Record<string, unknown>) => unknown];

const shown = (value: unknown): string => {
  if (value === null || value === undefined) return "-";
  return printable(typeof value === "object" ? JSON.stringify(value) : String(value));
};

/** Rows as aligned columns under dim headings. */
export function table(colors: Colors, columns: Column[], rows: Record<string, unknown>[]): string {
  if (rows.length === 0) return colors.dim("nothing");
  const cells = rows.map((row) => columns.map(([, value]) => shown(value(row))));
  const widths = columns.map(([heading], i) =>
    Math.max(heading.length, ...cells.map((row) => row[i]?.length ?? 0)),
  );
  const toLine = (row: string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  return [colors.dim(toLine(columns.map(([heading]) => heading))), ...cells.map(toLine)].join("\n");
}

/** One thing as a list of its fields; what is nested stays JSON. */
export function fields(colors: Colors, thing: Record<string, unknown>): string {
  const width = Math.max(0, ...Object.keys(thing).map((name) => name.length));
  return Object.entries(thing)
    .map(([name, value]) => `${colors.dim(name.padEnd(width))}  ${shown(value)}`)
    .join("\n");
}
