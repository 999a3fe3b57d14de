import { writeFileSync } from "node:fs";
import { renderProviderSamples } from "./render-provider-samples.ts";

writeFileSync(new URL("../provider-samples.generated.ts", import.meta.url), renderProviderSamples());
