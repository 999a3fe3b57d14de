import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where the build of `web/` is: in `web` beside the bundle, or in `dist/web` when running from source. */
export function findPagesFolder(): string {
  const bundled = fileURLToPath(new URL("web", import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL("../../dist/web", import.meta.url));
}
