/** One field of a payload, for a table. */
export interface SchemaField {
  /** `establishment.id`, `items[].sku` */
  path: string;
  type: string;
  required: boolean;
  note: string;
}

type Schema = Record<string, unknown>;

const depthMax = 6;
const fieldsMax = 200;

/** The fields that a JSON Schema names, outer before inner. References to `#/$defs/…` are followed. */
export function schemaFields(schema: Schema): SchemaField[] {
  const fields: SchemaField[] = [];
  collect(schema, schema, "", 0, fields);
  return fields.slice(0, fieldsMax);
}

function collect(root: Schema, given: unknown, prefix: string, depth: number, fields: SchemaField[]): void {
  const schema = resolve(root, given);
  if (schema === null || depth > depthMax) return;
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const [name, property] of Object.entries(asSchema(schema.properties) ?? {})) {
    const inner = resolve(root, property);
    if (inner === null) continue;
    const path = prefix === "" ? name : `${prefix}.${name}`;
    fields.push({ path, type: typeOf(inner), required: required.includes(name), note: noteOf(inner) });
    collect(root, inner, path, depth + 1, fields);
    if (inner.items !== undefined) collect(root, inner.items, `${path}[]`, depth + 1, fields);
  }
}

function resolve(root: Schema, given: unknown): Schema | null {
  const schema = asSchema(given);
  const name = typeof schema?.$ref === "string" ? /^#\/\$defs\/(.+)$/.exec(schema.$ref)?.[1] : undefined;
  return name === undefined ? schema : asSchema(asSchema(root.$defs)?.[name]);
}

const asSchema = (value: unknown): Schema | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Schema) : null;

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  const variants = schema.anyOf ?? schema.oneOf;
  if (schema.type === undefined && Array.isArray(variants)) {
    return [...new Set(variants.map((variant) => typeOf(asSchema(variant) ?? {})))].join(" | ");
  }
  return typeof schema.type === "string" ? schema.type : "any";
}

function noteOf(schema: Schema): string {
  const pattern = typeof schema.pattern === "string" ? `matches ${schema.pattern}` : undefined;
  const parts = [schema.description, schema.format, pattern].filter((part) => typeof part === "string");
  return parts.join(" · ");
}
