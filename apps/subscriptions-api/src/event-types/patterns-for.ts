import { isOperationalType } from "@carewire/envelope";

/** Words of a prefix pattern at most: as deep as routing looks. */
const prefixWordsMax = 2;

/** The prefix patterns that stand for a type, narrowest first: `a.b.c` → `a.b.*`, `a.*`. */
export function prefixPatterns(type: string): string[] {
  const words = type.split(".");
  const longest = Math.min(prefixWordsMax, words.length - 1);
  return Array.from({ length: longest }, (_, n) => `${words.slice(0, longest - n).join(".")}.*`);
}

/** Every pattern that a subscription can get a type by, narrowest first. Operational types come only when named. */
export const patternsFor = (type: string): string[] => [
  type,
  ...prefixPatterns(type),
  ...(isOperationalType(type) ? [] : ["*"]),
];
