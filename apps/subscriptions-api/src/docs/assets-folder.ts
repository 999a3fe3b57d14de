import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The files of swagger-ui-dist that the page loads. */
export const docsAssets = ["swagger-ui.css", "swagger-ui-bundle.js"] as const;

/** Folder that the build puts them in, beside the bundle. */
export const bundledFolderName = "docs-assets";

/** Where {@link docsAssets} are: beside the bundle, or in the package when running from source. */
export function findDocsAssets(): string {
  const bundled = fileURLToPath(new URL(bundledFolderName, import.meta.url));
  if (existsSync(bundled)) return bundled;
  return dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
}
