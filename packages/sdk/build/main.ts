import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildPackage } from "./build-package.ts";

// `npm publish packages/sdk/dist` publishes what is here afterwards.
const outDir = fileURLToPath(new URL("../dist", import.meta.url));
rmSync(outDir, { recursive: true, force: true });
await buildPackage(outDir);
