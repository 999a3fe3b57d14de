import { eventTypes } from "@carewire/envelope";
import { z } from "zod";
import { type JsonSchema, schemaType } from "../../client/generate/schema-type.ts";

const header = `// Made from packages/envelope's catalog by \`npm run generate:events\`; a test fails when it is out of date.
`;

/** \`lab_result.received\` → \`LabResultReceivedData\`. */
const interfaceName = (type: string): string =>
  `${type
    .split(/[._-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")}Data`;

/** The TypeScript source of every public event type's payload. */
export function renderEventPayloads(): string {
  const entries = [...eventTypes.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  const interfaces = entries.map(({ type, description, schema }) => {
    const json = z.toJSONSchema(schema, { unrepresentable: "any" }) as JsonSchema;
    return `/** \`data\` of \`${type}\`: ${description.replace(/\.$/, "")}. */\nexport interface ${interfaceName(type)} ${schemaType(json, "got", "")}\n`;
  });
  const fields = entries.map(({ type }) => `  "${type}": ${interfaceName(type)};`);
  return `${header}
${interfaces.join("\n")}
/** The payload of every event type of the catalog; declare your own ones into it. */
export interface EventPayloads {
${fields.join("\n")}
}
`;
}
