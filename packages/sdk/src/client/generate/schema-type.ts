/** The part of JSON Schema that the API's document uses. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  description?: string;
}

/** Whether a type is for what callers give or for what they get. */
export type Direction = "given" | "got";

const isName = /^[A-Za-z_$][\w$]*$/;
const componentPrefix = "#/components/schemas/";

/** The name of the component that a reference points at. */
export const referenceName = (reference: string): string => reference.slice(componentPrefix.length);

/** A documentation comment, or nothing. */
export function comment(text: string | undefined, indent: string): string {
  return text === undefined ? "" : `${indent}/** ${text.replaceAll("*/", "* /")} */\n`;
}

function objectType(schema: JsonSchema, direction: Direction, indent: string): string {
  const properties = Object.entries(schema.properties ?? {});
  const { additionalProperties: rest } = schema;
  if (properties.length === 0 && typeof rest === "object" && Object.keys(rest).length > 0) {
    return `Record<string, ${schemaType(rest, direction, indent)}>`;
  }
  // Values of an interface type have no index signature, so what is given may be any object.
  if (properties.length === 0) return direction === "given" ? "object" : "Record<string, unknown>";
  const inner = `${indent}  `;
  const required = new Set(schema.required);
  const lines = properties.map(([name, property]) => {
    const key = isName.test(name) ? name : JSON.stringify(name);
    const mark = required.has(name) ? "" : "?";
    return `${comment(property.description, inner)}${inner}${key}${mark}: ${schemaType(property, direction, inner)};\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

function unionType(members: string[]): string {
  const distinct = [...new Set(members)];
  return distinct.length === 0 ? "never" : distinct.join(" | ");
}

function arrayType(schema: JsonSchema, direction: Direction, indent: string): string {
  const item = schemaType(schema.items ?? {}, direction, indent);
  const wrapped = item.includes("|") && !item.startsWith("{") ? `(${item})` : item;
  return direction === "given" ? `readonly ${wrapped}[]` : `${wrapped}[]`;
}

/** A JSON Schema as a TypeScript type; lines after the first begin with `indent`. Throws for what it does not know. */
export function schemaType(schema: JsonSchema, direction: Direction, indent: string): string {
  if (schema.$ref !== undefined) return referenceName(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return unionType(schema.enum.map((value) => JSON.stringify(value)));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    return unionType(choices.map((choice) => schemaType(choice, direction, indent)));
  }
  if (Array.isArray(schema.type)) {
    return unionType(schema.type.map((type) => schemaType({ ...schema, type }, direction, indent)));
  }
  switch (schema.type) {
    case undefined:
      return "unknown";
    case "object":
      return objectType(schema, direction, indent);
    case "array":
      return arrayType(schema, direction, indent);
    case "integer":
    case "number":
      return "number";
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    default:
      throw new Error(`There is no TypeScript type for JSON Schema's type ${schema.type}`);
  }
}
