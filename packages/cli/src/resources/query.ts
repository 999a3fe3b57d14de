import type { CommandContext } from "../command-context.ts";
import { momentOf } from "../commands/moments.ts";
import { type Given, number, text } from "./resource-command.ts";

/** The query of a list, from what was given: `page` and times are read, the others taken as they are. */
export function queryOf(
  { now }: CommandContext,
  given: Given,
  names: Record<string, string> = {},
): Record<string, string | number> {
  const query: Record<string, string | number> = {};
  const limit = number(given.limit);
  if (limit !== undefined) query.limit = limit;
  const cursor = text(given.cursor);
  if (cursor !== undefined) query.cursor = cursor;
  for (const moment of ["since", "until"] as const) {
    const value = text(given[moment]);
    if (value !== undefined) query[moment] = momentOf(value, now(), `--${moment}`);
  }
  for (const [option, name] of Object.entries(names)) {
    const value = text(given[option]);
    if (value !== undefined) query[name] = value;
  }
  return query;
}
