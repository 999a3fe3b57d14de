/** The patterns that choose a type, other than its own name: `order.paid` is chosen by `order.*` and `*`. */
const widerPatterns = (type: string): string[] => {
  const words = type.split(".");
  return ["*", ...words.slice(1).map((_, n) => `${words.slice(0, n + 1).join(".")}.*`)];
};

/** The pattern among `chosen` that chooses `type` without naming it; null when there is none. */
export function chosenThrough(
  chosen: readonly string[],
  type: string,
  patterns: readonly string[],
): string | null {
  // Types that the platform publishes are not among those that * stands for.
  return (
    widerPatterns(type).find((pattern) => chosen.includes(pattern) && patterns.includes(pattern)) ?? null
  );
}

/** `chosen` with the pattern added or taken away; what a new pattern includes anyway goes. */
export function togglePattern(chosen: readonly string[], pattern: string): string[] {
  if (chosen.includes(pattern)) return chosen.filter((other) => other !== pattern);
  const prefix = pattern.endsWith(".*") ? pattern.slice(0, -1) : null;
  return [...chosen.filter((other) => prefix === null || !other.startsWith(prefix)), pattern];
}

const patternForm = /^([a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*){0,3}(\.\*)?|\*)$/;

/** True for what a subscription may list: `order.paid`, `order.*`, `*`. */
export const isPattern = (text: string): boolean => patternForm.test(text) && text !== "cari.*";
