/** What a keyword's value holds, as far as walking through a schema is concerned. */
export type KeywordKind =
  | "schema"
  | "schemas"
  | "schema_by_name"
  | "schema_by_pattern"
  | "pattern"
  | "values"
  | "values_by_name"
  | "plain";

const ofKind = (kind: KeywordKind, names: string): [string, KeywordKind][] =>
  names.split(" ").map((name) => [name, kind]);

/**
 * The keywords of JSON Schema 2020-12 that organizations may use. `$ref`, `$defs`, `$schema`, `format` and
 * `uniqueItems` have rules of their own. Left out is what could reach another document or itself (`$id`, `$anchor`,
 * `$dynamicRef`), and whatever ajv knows beyond the standard (`$async`).
 */
export const keywordKinds: ReadonlyMap<string, KeywordKind> = new Map([
  ...ofKind("schema", "not if then else items contains additionalProperties propertyNames"),
  ...ofKind("schema", "unevaluatedItems unevaluatedProperties"),
  ...ofKind("schemas", "allOf anyOf oneOf prefixItems"),
  ...ofKind("schema_by_name", "properties dependentSchemas"),
  ...ofKind("schema_by_pattern", "patternProperties"),
  ...ofKind("pattern", "pattern"),
  ...ofKind("values", "enum required const"),
  ...ofKind("values_by_name", "dependentRequired"),
  ...ofKind("plain", "type minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength"),
  ...ofKind("plain", "minItems maxItems minContains maxContains minProperties maxProperties"),
  ...ofKind("plain", "title description default examples deprecated readOnly writeOnly $comment"),
]);
