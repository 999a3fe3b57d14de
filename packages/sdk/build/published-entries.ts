import { readFileSync } from "node:fs";

const packageRoot = new URL("../", import.meta.url);

/** The workspace's package.json: what is published is derived from it. */
export interface SourceManifest {
  name: string;
  version: string;
  exports: Record<string, string>;
}

export const sourceManifest: SourceManifest = JSON.parse(
  readFileSync(new URL("package.json", packageRoot), "utf8"),
);

/** One thing to import: `@carewire/sdk` (`index`), `@carewire/sdk/verify` (`verify`), … */
export interface PublishedEntry {
  /** As in `exports`: `.`, `./verify`. */
  subpath: string;
  /** File name without its ending: `index`, `verify`, `idempotency/redis`. */
  name: string;
  /** Source file, relative to the package. */
  source: string;
}

export const publishedEntries: readonly PublishedEntry[] = Object.entries(sourceManifest.exports).map(
  ([subpath, source]) => ({ subpath, name: subpath === "." ? "index" : subpath.slice(2), source }),
);

/** Entries that verify, and so come in two builds: with node:crypto and with WebCrypto. The others run anywhere as they are. */
export const verifyingEntries: readonly PublishedEntry[] = publishedEntries.filter(({ name }) =>
  ["index", "verify"].includes(name),
);
