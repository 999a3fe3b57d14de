import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { bundledFolderName, docsAssets, findDocsAssets } from "./assets-folder.ts";

const target = join("dist", bundledFolderName);
mkdirSync(target, { recursive: true });
for (const name of docsAssets) copyFileSync(join(findDocsAssets(), name), join(target, name));
