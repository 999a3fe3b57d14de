import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The files of swagger-ui-dist that the page loads. */
export const docsAssets = ["swagger-ui.css", "swagger-ui-bundle.js"] as const;

/** Folder that the build puts them in, beside the bundle. */
const bundledFolderName = "docs-assets";

/** Where the files of the docs page are: beside the bundle, or in their package when running from source. */
export function findDocsAssets(): string {
  const bundled = fileURLToPath(new URL(bundledFolderName, import.meta.url));
  if (existsSync(bundled)) return bundled;
  return dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
}

/** For build scripts: puts the files of the docs page beside the bundle in this folder. */
export function copyDocsAssets(distFolder: string): void {
  const target = join(distFolder, bundledFolderName);
  mkdirSync(target, { recursive: true });
  for (const name of docsAssets) copyFileSync(join(findDocsAssets(), name), join(target, name));
}
