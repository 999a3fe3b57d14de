import type { Express, Response } from "express";
import { docsAssets } from "./docs-assets.ts";
import { docsPage, docsPolicy, docsScript } from "./docs-page.ts";

const assetMaxAgeSeconds = 3_600;

function secure(res: Response): Response {
  return res.set({
    "content-security-policy": docsPolicy,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": `public, max-age=${assetMaxAgeSeconds}`,
  });
}

/** What {@link mountDocs} needs. */
export interface DocsOptions {
  /** An OpenAPI document. */
  document: object;
  /** See `findDocsAssets`. */
  assetsFolder: string;
}

/** Serves an OpenAPI document at `/openapi.json` and rendered at `/docs`, from local files only. */
export function mountDocs(app: Express, { document: described, assetsFolder }: DocsOptions): void {
  const document = JSON.stringify(described);
  app.get("/openapi.json", (_req, res) => {
    res.type("application/json").send(document);
  });
  app.get("/docs", (_req, res) => {
    secure(res).type("text/html").send(docsPage);
  });
  app.get("/docs/start.js", (_req, res) => {
    secure(res).type("text/javascript").send(docsScript);
  });
  for (const name of docsAssets) {
    app.get(`/docs/${name}`, (_req, res) => {
      secure(res).sendFile(name, { root: assetsFolder, cacheControl: false });
    });
  }
}
