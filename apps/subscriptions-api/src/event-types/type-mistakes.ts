import { eventTypeJsonCharactersMax } from "@carewire/contracts";
import { isReservedType } from "@carewire/envelope";
import type { ProblemItem } from "@carewire/service-kit";
import { compileSchema } from "./compile-schema.ts";

type Json = Record<string, unknown>;

/** What is wrong with a name an organization wants to define. */
export const nameMistakes = (type: string): ProblemItem[] =>
  isReservedType(type)
    ? [{ path: "type", message: "is a name of the platform; choose another one", code: "reserved_name" }]
    : [];

/** What is wrong with a schema, and with the example that goes with it. */
export function schemaMistakes(schema: Json | null, example: Json | null): ProblemItem[] {
  if (schema === null) return [];
  const compiled = compileSchema(schema);
  if (!compiled.ok) return compiled.errors;
  if (example === null) return [];
  const checked = compiled.schema.check(example, JSON.stringify(example).length, "example");
  switch (checked.outcome) {
    case "valid":
      return [];
    case "invalid":
      return checked.errors;
    case "too_costly": {
      const message = `is too complex for examples of up to ${eventTypeJsonCharactersMax} characters; make it simpler`;
      return [{ path: "schema", message, code: "invalid_schema" }];
    }
  }
}

/** Problem details of whatever is wrong with an event type. */
export const typeProblem = (errors: ProblemItem[]) => ({
  detail: `Check ${[...new Set(errors.map(({ path }) => path))].slice(0, 5).join(", ")}.`,
  errors,
});
