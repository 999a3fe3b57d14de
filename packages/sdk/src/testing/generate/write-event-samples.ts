import { writeFileSync } from "node:fs";
import { renderEventSamples } from "./render-event-samples.ts";

writeFileSync(new URL("../event-samples.generated.ts", import.meta.url), renderEventSamples());
