/**
 * Whether an amount that a provider names is ours. Compared as decimal text: `5000`, `"5000"`, `"5000.00"` are the same,
 * anything that is no plain decimal number is another.
 */
export function isSameAmount(ours: string, theirs: unknown): boolean {
  if (typeof theirs !== "string" && typeof theirs !== "number") return false;
  const text = String(theirs);
  return /^\d{1,12}(\.\d{1,8})?$/.test(text) && canonical(text) === canonical(ours);
}

const canonical = (text: string): string =>
  (text.includes(".") ? text.replace(/\.?0+$/, "") : text).replace(/^0+(?=\d)/, "");
