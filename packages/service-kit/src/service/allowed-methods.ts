import type { Express } from "express";

interface MatchingLayer {
  match(path: string): boolean;
}

/** Express 5 layers match paths, but their published type does not say so. */
function isMatching(layer: object): layer is MatchingLayer {
  return "match" in layer && typeof layer.match === "function";
}

/** The upper-case methods an express app serves at `path`, from its top-level routes; empty when there are none. */
export function allowedMethods(app: Express, path: string): string[] {
  const methods = new Set<string>();
  for (const layer of app.router.stack) {
    if (layer.route === undefined || !isMatching(layer) || !layer.match(path)) continue;
    for (const { method } of layer.route.stack) if (method !== undefined) methods.add(method.toUpperCase());
  }
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}
