import type { ProblemItem } from "@carewire/service-kit";

/** What was wrong, in one line; `names` says what the caller's interface calls our fields. */
export function refusalSentence(
  detail: string,
  errors: readonly ProblemItem[] | undefined,
  names: Readonly<Record<string, string>>,
): string {
  if (errors === undefined || errors.length === 0) return detail;
  return errors
    .map((item) => `${fieldOf(item, names)}: ${item.message}`)
    .join("; ")
    .slice(0, 1_024);
}

/** The field an item is about, as the caller's interface calls it. */
export function fieldOf({ path }: ProblemItem, names: Readonly<Record<string, string>>): string {
  const [field = "", ...rest] = path.split(".");
  return [names[field] ?? field, ...rest].filter(Boolean).join(".") || "body";
}
