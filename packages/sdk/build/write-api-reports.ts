import { writeFileSync } from "node:fs";
import { renderApiReports } from "./render-api-reports.ts";

for (const [name, text] of await renderApiReports()) {
  writeFileSync(new URL(`../etc/${name}`, import.meta.url), text);
}
