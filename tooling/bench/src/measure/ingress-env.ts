import { allFamilies, type FamilyName } from "../families/all-families.ts";
import type { BenchDatabase } from "../seed/bench-database.ts";

/** The environment of a family's ingress on this database. */
export const ingressEnv = (database: BenchDatabase, family: FamilyName): Record<string, string> => ({
  ...database.appEnv,
  CAREWIRE_ORGANIZATION_ID: database.organizationId,
  ...allFamilies[family].env,
});
