import type { ReferenceObject, SchemaObject } from "openapi3-ts/oas31";
import { z } from "zod";

type Json = Record<string, unknown>;

/** Whether a schema is described as what callers send or as what they get back. */
export type Direction = "input" | "output";

export interface SchemaCollector {
  /** Converts a zod schema; what has an id becomes a component and is referred to. */
  convert(schema: z.ZodType, direction: Direction): SchemaObject | ReferenceObject;
  /** The components met so far, by id. */
  components(): Record<string, SchemaObject>;
}

const inDefs = "#/$defs/";
const inComponents = "#/components/schemas/";

/** Points every reference into `$defs` at the document's components and drops JSON Schema's own bookkeeping. */
function relocate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocate);
  if (typeof value !== "object" || value === null) return value;
  const relocated: Json = {};
  for (const [key, child] of Object.entries(value)) {
    if (key === "$schema" || key === "$defs") continue;
    const isReference = key === "$ref" && typeof child === "string";
    relocated[key] = isReference ? child.replace(inDefs, inComponents) : relocate(child);
  }
  return relocated;
}

/** Gathers the components of one document. Throws when one id is used for two different schemas. */
export function createSchemaCollector(): SchemaCollector {
  const components: Record<string, SchemaObject> = {};

  function keep(id: string, schema: unknown): void {
    const component = relocate(schema) as SchemaObject;
    const known = components[id];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(component)) {
      throw new Error(
        `OpenAPI component ${id} stands for two different schemas; give one of them another id`,
      );
    }
    components[id] = component;
  }

  return {
    convert(schema, direction) {
      // "openapi-3.1" is no target of zod's; 3.1 schemas are JSON Schema 2020-12.
      const converted = z.toJSONSchema(schema, {
        target: "draft-2020-12",
        io: direction,
        unrepresentable: "any",
      }) as Json;
      for (const [id, definition] of Object.entries((converted.$defs ?? {}) as Json)) keep(id, definition);
      return relocate(converted) as SchemaObject | ReferenceObject;
    },
    components: () => components,
  };
}
