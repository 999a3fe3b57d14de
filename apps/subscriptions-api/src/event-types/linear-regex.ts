import { RE2JS } from "re2js";

/** A regular expression that is matched in time linear in its size and the text's, whatever either of them is. */
export interface LinearRegex {
  /** Instructions of its program: matching takes about that many steps per character. */
  steps: number;
  test(text: string): boolean;
}

export type CompiledRegex = { ok: true; regex: LinearRegex } | { ok: false; message: string };

const patternCharactersMax = 256;
const stepsMax = 500;

// RE2 writes a code unit as \x{1f}, JSON Schema's ECMAScript as \u001f.
const unicodeEscape = /\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|.)/gs;
const toRe2 = (pattern: string): string =>
  pattern.replace(unicodeEscape, (written, four?: string, braced?: string) => {
    const hex = four ?? braced;
    return hex === undefined ? written : `\\x{${hex}}`;
  });

function parse(pattern: string): RE2JS | null {
  try {
    return RE2JS.compile(toRe2(pattern));
  } catch {
    return null;
  }
}

/** Compiles what a tenant wrote, in RE2's syntax: no look-around, no back-references, nothing that can backtrack. */
export function compileLinearRegex(pattern: string): CompiledRegex {
  if (pattern.length > patternCharactersMax) {
    return { ok: false, message: `must not be longer than ${patternCharactersMax} characters` };
  }
  const compiled = parse(pattern);
  if (compiled === null) {
    return {
      ok: false,
      message: "must be a regular expression in RE2's syntax (no look-around, no back-references)",
    };
  }
  const steps = compiled.programSize();
  if (steps > stepsMax) return { ok: false, message: "is too complex; use smaller repetition counts" };
  return { ok: true, regex: { steps, test: (text) => compiled.matcher(text).find() } };
}
