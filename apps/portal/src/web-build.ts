import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where Vite puts the pages: `web` beside the bundle, or in dist when running from source. */
export function findWebBuild(): string {
  const bundled = fileURLToPath(new URL("web", import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL("../dist/web", import.meta.url));
}
