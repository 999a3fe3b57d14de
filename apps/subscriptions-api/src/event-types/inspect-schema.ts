import type { ProblemItem } from "@carewire/service-kit";
import { compileLinearRegex } from "./linear-regex.ts";
import { type KeywordKind, keywordKinds } from "./schema-keywords.ts";
import { textFormats } from "./text-formats.ts";

type Schema = Record<string, unknown>;

/** `weight`: steps that checking one value of the data takes at most, or what is wrong with the schema. */
export type Inspection = { ok: true; weight: number } | { ok: false; errors: ProblemItem[] };

/** A schema's weight, with everything it refers to counted as often as it is used. */
export const weightMax = 1_000;
const depthMax = 32;
const uniqueItemsMax = 1_000;
const dialect = "https://json-schema.org/draft/2020-12/schema";
const referencePattern = /^#\/\$defs\/([A-Za-z0-9_.-]{1,64})$/;

class SchemaMistake extends Error {
  readonly item: ProblemItem;
  constructor(path: string[], message: string) {
    super(message);
    this.item = { path: path.join(".").slice(0, 256), message, code: "invalid_schema" };
  }
}

interface Walk {
  definitions: Map<string, unknown>;
  /** Weights of definitions; null while one is being weighed, so that one inside itself is noticed. */
  weights: Map<string, number | null>;
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function countValues(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, child) => sum + countValues(child), 1);
}

function weighPattern(pattern: unknown, path: string[]): number {
  if (typeof pattern !== "string") throw new SchemaMistake(path, "must be a text");
  const compiled = compileLinearRegex(pattern);
  if (!compiled.ok) throw new SchemaMistake(path, compiled.message);
  return compiled.regex.steps;
}

function weighReference(walk: Walk, reference: unknown, path: string[]): number {
  const name = typeof reference === "string" ? referencePattern.exec(reference)?.[1] : undefined;
  if (name === undefined || !walk.definitions.has(name)) {
    throw new SchemaMistake(path, "must refer to a definition of this schema: #/$defs/<name>");
  }
  const known = walk.weights.get(name);
  if (known === null) throw new SchemaMistake(path, "must not refer to itself, not even through others");
  if (known !== undefined) return known;
  walk.weights.set(name, null);
  const weight = weigh(walk, walk.definitions.get(name), ["schema", "$defs", name]);
  walk.weights.set(name, weight);
  return weight;
}

function weighUniqueItems(schema: Schema, path: string[]): number {
  if (schema.uniqueItems !== true) return 1;
  const { maxItems } = schema;
  if (typeof maxItems === "number" && maxItems <= uniqueItemsMax) return Math.max(1, maxItems);
  throw new SchemaMistake(path, `needs a maxItems of ${uniqueItemsMax} at most beside it`);
}

function weighChildren(walk: Walk, value: unknown, kind: KeywordKind, path: string[]): number {
  const children = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return children.reduce((sum, [name, child]) => {
    const at = [...path, name];
    const own = kind === "schema_by_pattern" ? weighPattern(name, at) : 0;
    return sum + own + (kind === "values_by_name" ? countValues(child) : weigh(walk, child, at));
  }, 1);
}

function weighKeyword(walk: Walk, schema: Schema, keyword: string, path: string[]): number {
  const value = schema[keyword];
  if (keyword === "$ref") return weighReference(walk, value, path);
  if (keyword === "uniqueItems") return weighUniqueItems(schema, path);
  if (keyword === "format") {
    if ((textFormats as readonly unknown[]).includes(value)) return 1;
    throw new SchemaMistake(path, `must be one of ${textFormats.join(", ")}`);
  }
  const kind = keyword.startsWith("x-") ? "plain" : keywordKinds.get(keyword);
  switch (kind) {
    case undefined:
      throw new SchemaMistake(path, "is not a keyword that can be used here; see docs/event-types.md");
    case "schema":
      return weigh(walk, value, path);
    case "schemas":
    case "schema_by_name":
    case "schema_by_pattern":
    case "values_by_name":
      return weighChildren(walk, value, kind, path);
    case "pattern":
      return weighPattern(value, path);
    case "values":
      return countValues(value);
    case "plain":
      return 0;
  }
}

function weigh(walk: Walk, schema: unknown, path: string[]): number {
  if (typeof schema === "boolean") return 1;
  if (!isSchema(schema)) throw new SchemaMistake(path, "must be a schema: an object or a boolean");
  if (path.length > depthMax) throw new SchemaMistake(path, `must not nest deeper than ${depthMax} steps`);
  const isRoot = path.length === 1;
  let weight = 1;
  for (const keyword of Object.keys(schema)) {
    if (isRoot && (keyword === "$defs" || keyword === "$schema")) continue;
    weight += weighKeyword(walk, schema, keyword, [...path, keyword]);
  }
  return weight;
}

function weighAll(schema: Schema): number {
  const { $defs = {}, $schema = dialect } = schema;
  if ($schema !== dialect) throw new SchemaMistake(["schema", "$schema"], `must be ${dialect}`);
  if (!isSchema($defs)) throw new SchemaMistake(["schema", "$defs"], "must be an object");
  const walk: Walk = { definitions: new Map(Object.entries($defs)), weights: new Map() };
  // Definitions nobody refers to are compiled too.
  let weight = 0;
  for (const name of walk.definitions.keys()) {
    const path = ["schema", "$defs", name];
    weight += weighReference(walk, `#/$defs/${name}`, path);
  }
  weight += weigh(walk, schema, ["schema"]);
  if (weight > weightMax) throw new SchemaMistake(["schema"], "is too large or too complex; make it simpler");
  return weight;
}

/**
 * Checks that a tenant's schema stays within what is safe to run for it: known keywords only, references within the
 * document and never in circles, regular expressions in linear time, and a bounded number of steps per value.
 */
export function inspectSchema(schema: Schema): Inspection {
  try {
    return { ok: true, weight: weighAll(schema) };
  } catch (error) {
    if (error instanceof SchemaMistake) return { ok: false, errors: [error.item] };
    throw error;
  }
}
