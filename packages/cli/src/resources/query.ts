import { type Given, number, text } from "./resource-command.ts";

/** The query of a list, from what was given; its times are moments already. */
export function queryOf(given: Given, names: Record<string, string> = {}): Record<string, string | number> {
  const query: Record<string, string | number> = {};
  const limit = number(given.limit);
  if (limit !== undefined) query.limit = limit;
  const options = { cursor: "cursor", since: "since", until: "until", ...names };
  for (const [option, name] of Object.entries(options)) {
    const value = text(given[option]);
    if (value !== undefined) query[name] = value;
  }
  return query;
}
