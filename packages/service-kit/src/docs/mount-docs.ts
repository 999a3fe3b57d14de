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
  /** Builds the OpenAPI document: called when somebody first asks for it, which spares every start a tenth of a second. */
  describe(): object;
  /** See `findDocsAssets`. */
  assetsFolder: string;
}

/** Serves an OpenAPI document at `/openapi.json` and rendered at `/docs`, from local files only. */
export function mountDocs(app: Express, { describe, assetsFolder }: DocsOptions): void {
  let document: string | null = null;
  app.get("/openapi.json", (_req, res) => {
    document ??= JSON.stringify(describe());
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
