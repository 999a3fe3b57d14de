import type { AppRoute } from "@ts-rest/core";
import type { NextFunction, Request, Response } from "express";
import { requireScope } from "../auth/require-scope.ts";

function scopeOf(route: AppRoute): string | undefined {
  const { metadata } = route;
  if (typeof metadata !== "object" || metadata === null || !("scope" in metadata)) return undefined;
  return typeof metadata.scope === "string" ? metadata.scope : undefined;
}

/** Express middleware of ts-rest routes: 403 unless the caller's key carries the scope named in the route's metadata. */
export function requireContractScope(
  req: Request & { tsRestRoute?: AppRoute },
  res: Response,
  next: NextFunction,
): void {
  const scope = req.tsRestRoute === undefined ? undefined : scopeOf(req.tsRestRoute);
  if (scope === undefined) next();
  else requireScope(scope)(req, res, next);
}
