import { writeFileSync } from "node:fs";
import { renderEventPayloads } from "./render-event-payloads.ts";

writeFileSync(new URL("../event-payloads.generated.ts", import.meta.url), renderEventPayloads());
