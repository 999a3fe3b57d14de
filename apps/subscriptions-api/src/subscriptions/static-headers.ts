import { isSensitiveHeader } from "@carewire/contracts";
import type { ProblemItem } from "@carewire/service-kit";

type Headers = Record<string, string>;

/** Static headers of a subscription: those that may be shown, and write-only ones. */
export interface StaticHeaders {
  shown: Headers;
  sensitive: Headers;
}

/** What a body says about them; what is undefined stays as it is. */
export interface GivenHeaders {
  headers?: Headers | undefined;
  sensitive_headers?: Headers | null | undefined;
}

const pick = (headers: Headers, wanted: (name: string) => boolean): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => wanted(name)));

/**
 * What a subscription's headers become. `authorization` and `cookie` are write-only wherever they were given; such a one
 * replaces the one there was.
 */
export function mergeHeaders(given: GivenHeaders, stored: StaticHeaders): StaticHeaders {
  const headers = given.headers ?? stored.shown;
  const kept = given.sensitive_headers === undefined ? stored.sensitive : given.sensitive_headers;
  return {
    shown: pick(headers, (name) => !isSensitiveHeader(name)),
    sensitive: { ...kept, ...pick(headers, isSensitiveHeader) },
  };
}

/** Names that would be in both kinds, or were given in both. */
export function headerMistakes(given: GivenHeaders, merged: StaticHeaders): ProblemItem[] {
  const givenTwice = Object.keys(given.headers ?? {}).filter(
    (name) => name in (given.sensitive_headers ?? {}),
  );
  const inBoth = Object.keys(merged.shown).filter((name) => name in merged.sensitive);
  return [...new Set([...givenTwice, ...inBoth])].map((name) => ({
    path: `headers.${name}`,
    message: "is among sensitive_headers too; it can be in one of them",
    code: "incompatible",
  }));
}
