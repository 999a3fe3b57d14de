/** The search parameters of a page, all optional texts: filters and cursors live in the address. */
export type TextSearch<Name extends string> = { [Key in Name]?: string };

const lengthMax = 512;

/** A `validateSearch` that keeps the named parameters when they are texts of sensible length, and drops everything else. */
export function textSearch<const Name extends string>(
  ...names: Name[]
): (search: Record<string, unknown>) => TextSearch<Name> {
  return (search) => {
    const kept = names.flatMap((name) => {
      const value = search[name];
      const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
      return typeof text === "string" && text !== "" && text.length <= lengthMax ? [[name, text]] : [];
    });
    return Object.fromEntries(kept) as TextSearch<Name>;
  };
}

/** `search` with `changes`; what is empty disappears from the address, and a changed filter starts at the first page. */
export function withFilters<Search extends object>(
  search: Search,
  changes: { [Key in keyof Search]?: Search[Key] | null },
): Search {
  const merged: Record<string, unknown> = { ...search, cursor: undefined, ...changes };
  return Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== undefined && value !== null && value !== ""),
  ) as Search;
}

/**
 * Addresses with plain parameters (`?status=open`), as people write and share them, instead of the router's JSON.
 * For `createRouter`'s `parseSearch` and `stringifySearch`.
 */
export const plainSearch = {
  parseSearch: (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch(search: Record<string, unknown>): string {
    const pairs = Object.entries(search).filter(([, value]) => typeof value === "string" && value !== "");
    const text = new URLSearchParams(pairs as [string, string][]).toString();
    return text === "" ? "" : `?${text}`;
  },
};

/** A path and the parameters behind it. */
export function splitPath(to: string): { path: string; search: Record<string, string> } {
  const [path = "", query = ""] = to.split("?", 2);
  return { path, search: plainSearch.parseSearch(query) };
}
