import { visibleText } from "./visible-text.ts";

/** Characters that are put on a page; the rest can be copied. */
export const shownCharactersMax = 100_000;

export interface ShownJson {
  text: string;
  /** Characters that are left out. */
  omitted: number;
}

/** A value, or a text that may be JSON, as indented text that is safe to look at. */
export function showJson(value: unknown): ShownJson {
  const whole = typeof value === "string" ? indent(value) : (JSON.stringify(value, null, 2) ?? "");
  return {
    text: visibleText(whole.slice(0, shownCharactersMax)),
    omitted: Math.max(0, whole.length - shownCharactersMax),
  };
}

function indent(text: string): string {
  // Parsing rounds large integers; text that would come out different is left as it is.
  if (text.length > shownCharactersMax || /\d{16}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
