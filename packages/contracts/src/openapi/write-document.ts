import { writeFileSync } from "node:fs";
import { renderOpenApiDocument } from "./render-document.ts";

writeFileSync(new URL("../../openapi.json", import.meta.url), renderOpenApiDocument());
