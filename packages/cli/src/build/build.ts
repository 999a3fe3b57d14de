import { fileURLToPath } from "node:url";
import { buildPackage } from "./build-package.ts";

const folder = fileURLToPath(new URL("../../", import.meta.url));

await buildPackage({ source: folder, target: process.argv[2] ?? `${folder}dist` });
