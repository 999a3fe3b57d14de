import { buildOpenApiDocument } from "./build-document.ts";

/** The text of `openapi.json` as checked in: two spaces, a newline at the end. */
export function renderOpenApiDocument(): string {
  return `${JSON.stringify(buildOpenApiDocument(), null, 2)}\n`;
}
