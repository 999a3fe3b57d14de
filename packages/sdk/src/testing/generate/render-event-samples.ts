import { eventTypes, thinView } from "@carewire/envelope";

const header =
  "// Made from packages/envelope's catalog by `npm run generate:samples`; a test fails when it is out of date.\n";

const fieldsOf = (schema: object): string[] => Object.keys("shape" in schema ? (schema.shape as object) : {});

/** The fields that a thin delivery of this type may show: those that come through when every field holds an id. */
function thinIds(type: string): string[] {
  const entry = eventTypes.get(type);
  const candidates = [...(entry?.thin?.ids ?? []), ...fieldsOf(entry?.schema ?? {})];
  const probe = Object.fromEntries(candidates.map((field) => [field, "x"]));
  return Object.keys(thinView(type, probe)).filter((field) => field !== "action");
}

/** The TypeScript source of a payload for every public event type, and of what is left of it in a thin delivery. */
export function renderEventSamples(): string {
  const entries = [...eventTypes.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  const samples = entries.map(({ type, example }) => {
    const thin = { ids: thinIds(type), action: thinView(type, {}).action };
    return `  ${JSON.stringify(type)}: {\n    example: ${JSON.stringify(example)},\n    thin: ${JSON.stringify(thin)},\n  },\n`;
  });
  return `${header}import type { EventPayloads } from "../events/event-payloads.generated.ts";
import type { EventSample } from "./event-sample.ts";

export const eventSamples: { readonly [Type in keyof EventPayloads]: EventSample<EventPayloads[Type]> } = {
${samples.join("")}};
`;
}
