import { type Components, itemsOf, type Operation } from "./operations.ts";
import { generatedNote, groupsOf } from "./render-routes.ts";
import { comment, type Direction, type JsonSchema, referenceName, schemaType } from "./schema-type.ts";

/** Names of all components that a schema leads to. */
function reach(schema: unknown, components: Components, found: Set<string>): void {
  if (typeof schema !== "object" || schema === null) return;
  for (const [key, child] of Object.entries(schema)) {
    if (key !== "$ref" || typeof child !== "string") {
      reach(child, components, found);
      continue;
    }
    const name = referenceName(child);
    if (found.has(name)) continue;
    found.add(name);
    reach(components[name], components, found);
  }
}

/** Plain pages have a type of their own; a list that says more comes with what it says. */
function answerType({ answers, isList }: Operation, components: Components): string {
  const [only] = answers;
  if (only === undefined) return "Promise<void>";
  const item = isList ? itemsOf(only, components) : null;
  if (item === null) {
    const types = answers.map((answer) => schemaType(answer, "got", "    "));
    return `Promise<${[...new Set(types)].join(" | ")}>`;
  }
  const itemType = schemaType(item, "got", "    ");
  const isPlain = only.$ref === undefined && Object.keys(only.properties ?? {}).length === 3;
  return isPlain
    ? `PagePromise<${itemType}>`
    : `PagePromise<${itemType}, ${schemaType(only, "got", "    ")}>`;
}

function renderMethod(operation: Operation, components: Components): string {
  const given = [...operation.path.matchAll(/:(\w+)/g)].map((match) => `${match[1]}: string`);
  const payload = operation.body ?? operation.query;
  if (payload !== null) {
    const mark = operation.isPayloadOptional ? "?" : "";
    given.push(`${operation.payload}${mark}: ${schemaType(payload, "given", "    ")}`);
  }
  given.push(`options?: ${operation.repeat === "with_key" ? "IdempotentOptions" : "RequestOptions"}`);
  const signature = `${operation.name}(${given.join(", ")}): ${answerType(operation, components)};`;
  return `${comment(operation.documentation, "    ")}    ${signature}\n`;
}

function renderComponent(name: string, schema: JsonSchema, direction: Direction): string {
  const type = schemaType(schema, direction, "");
  const definition = type.startsWith("{") ? `interface ${name} ${type}` : `type ${name} = ${type};`;
  return `${comment(schema.description, "")}export ${definition}\n\n`;
}

/** The types of everything the client offers. */
export function renderTypes(operations: readonly Operation[], components: Components): string {
  const given = new Set<string>();
  const got = new Set<string>();
  for (const { body, query, answers } of operations) {
    reach({ body, query }, components, given);
    reach(answers, components, got);
  }
  const named = Object.entries(components).filter(([name]) => given.has(name) || got.has(name));
  const types = named.map(([name, schema]) => renderComponent(name, schema, got.has(name) ? "got" : "given"));
  const groups = [...groupsOf(operations)].map(([group, members]) => {
    return `  ${group}: {\n${members.map((member) => renderMethod(member, components)).join("")}  };\n`;
  });
  return `${generatedNote}import type { IdempotentOptions, RequestOptions } from "./request-options.ts";
import type { PagePromise } from "./pages.ts";

${types.join("")}/** Everything the management API offers, by what it is about. */
export interface CarewireApi {
${groups.join("")}}
`;
}
