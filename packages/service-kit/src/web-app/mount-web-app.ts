import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import compression from "compression";
import express, { type Express, type Request, type RequestHandler } from "express";
import { setPageHeaders } from "./page-headers.ts";

/** What {@link mountWebApp} needs. */
export interface WebAppOptions {
  /** Folder of a Vite build: index.html, and files with a hash in their names under assets/. */
  distDir: string;
  /** Origins that may show this page in a frame, such as `https://app.example.com`; default: none. */
  frameAncestorsOf?: (req: Request) => readonly string[];
  /** Paths that are not pages, such as `/admin`: what is unknown below them is 404, not the app. Default: none. */
  apiPrefixes?: readonly string[];
  /** Returns that many random bytes; default: node's. */
  random?: (byteCount: number) => Uint8Array;
}

const notBuilt =
  "The web pages are not built: run the build script of this app and start it again. The API works without them.\n";

const nonceBytes = 16;

/** index.html in two halves, between which the nonce goes; null when there is none. */
function readIndex(distDir: string): [string, string] | null {
  const path = join(distDir, "index.html");
  if (!existsSync(path)) return null;
  const html = readFileSync(path, "utf8");
  const head = /<head[^>]*>/i.exec(html);
  if (head === null)
    throw new Error(`${path} has no <head>, where the nonce of its styles belongs; build it anew`);
  const cut = head.index + head[0].length;
  return [html.slice(0, cut), html.slice(cut)];
}

const isBelow = (path: string, prefix: string) => path === prefix || path.startsWith(`${prefix}/`);

/** True for a browser that opens a page, not for a script, an image or an API call that went to a wrong path. */
function opensPage(req: Request, apiPrefixes: readonly string[]): boolean {
  if (req.method !== "GET" && req.method !== "HEAD") return false;
  if ([...apiPrefixes, "/assets"].some((prefix) => isBelow(req.path, prefix))) return false;
  return req.path === "/" || (req.headers.accept ?? "").includes("text/html");
}

/**
 * Serves a single-page app built by Vite: its files compressed, those under assets/ to be kept for a year, and
 * index.html at every path a browser opens as a page. Mount it last, after every other route.
 *
 * Nothing inline runs: the policy allows the app's own files, and style elements with the nonce that each answer puts
 * into index.html as `<meta property="csp-nonce" nonce="…">`. Without a build it says so with 503. Throws when
 * index.html has no head.
 */
export function mountWebApp(app: Express, options: WebAppOptions): void {
  const { distDir, frameAncestorsOf = () => [], apiPrefixes = [], random = randomBytes } = options;
  const index = readIndex(distDir);
  const compress = compression();
  const files = express.static(distDir, {
    index: false,
    redirect: false,
    setHeaders(res, path) {
      const isHashed = path.startsWith(join(distDir, "assets"));
      res.setHeader("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });

  const servePage: RequestHandler = (req, res, next) => {
    if (!opensPage(req, apiPrefixes)) {
      next();
      return;
    }
    const nonce = Buffer.from(random(nonceBytes)).toString("base64url");
    setPageHeaders(res, nonce, frameAncestorsOf(req));
    if (index === null) {
      res.status(503).type("text").send(notBuilt);
      return;
    }
    res.setHeader("cache-control", "no-cache");
    res.setHeader("vary", "accept");
    res.type("html").send(`${index[0]}<meta property="csp-nonce" nonce="${nonce}">${index[1]}`);
  };

  const serveFile: RequestHandler = (req, res, next) => {
    if (req.path === "/index.html" || apiPrefixes.some((prefix) => isBelow(req.path, prefix))) {
      next();
      return;
    }
    setPageHeaders(res, null, []);
    files(req, res, next);
  };

  app.use(compress, serveFile, servePage);
}
