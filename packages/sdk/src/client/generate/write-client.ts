import { writeFileSync } from "node:fs";
import { readOperations } from "./operations.ts";
import { renderRoutes } from "./render-routes.ts";
import { renderTypes } from "./render-types.ts";

const { operations, components } = readOperations();
writeFileSync(new URL("../routes.generated.ts", import.meta.url), renderRoutes(operations));
writeFileSync(new URL("../api.generated.ts", import.meta.url), renderTypes(operations, components));
