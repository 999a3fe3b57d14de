import type { ProblemItem } from "@carewire/service-kit";
import type { AnySchemaObject, ErrorObject, Options, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { inspectSchema } from "./inspect-schema.ts";
import { compileLinearRegex } from "./linear-regex.ts";
import { formatChecks } from "./text-formats.ts";

type Schema = Record<string, unknown>;

/** One look at a payload. `too_costly`: together with its size, the schema would keep the process busy for too long. */
export type Check =
  | { outcome: "valid" }
  | { outcome: "invalid"; errors: ProblemItem[] }
  | { outcome: "too_costly" };

/** A schema that is ready to check payloads. */
export interface CompiledSchema {
  /** `bytes`: the payload's size as JSON. Paths of errors begin with `prefix`. */
  check(payload: unknown, bytes: number, prefix: string): Check;
}

export type Compilation = { ok: true; schema: CompiledSchema } | { ok: false; errors: ProblemItem[] };

/** A schema's weight times the payload's bytes; that many steps take a tenth of a second or two at worst. */
const costMax = 8_000_000;
const errorsMax = 20;

const shared = { strict: false, logger: false } as const;
const metaSchema = new Ajv2020(shared);

type RegExpEngine = NonNullable<NonNullable<Options["code"]>["regExp"]>;

/** ajv's way to bring one's own regular expressions; `code` would only matter for code written to files. */
const linearRegExp: RegExpEngine = Object.assign(
  (pattern: string) => {
    const compiled = compileLinearRegex(pattern);
    if (!compiled.ok) throw new Error("a pattern passed inspection and does not compile");
    return compiled.regex;
  },
  { code: "linearRegExp" },
);

const stepOf = (step: string): string => step.replaceAll("~1", "/").replaceAll("~0", "~");

function pathOf({ instancePath, params }: ErrorObject, prefix: string): string {
  const steps = instancePath.split("/").slice(1).map(stepOf);
  const { missingProperty, additionalProperty, unevaluatedProperty } = params as Record<string, unknown>;
  const named = missingProperty ?? additionalProperty ?? unevaluatedProperty;
  return [prefix, ...steps, ...(typeof named === "string" ? [named] : [])].join(".").slice(0, 256);
}

/** ajv's messages name what the schema asks for, never what was sent. */
const itemsOf = (errors: readonly ErrorObject[], prefix: string): ProblemItem[] =>
  errors.slice(-errorsMax).map((error) => ({
    path: pathOf(error, prefix),
    message: error.message ?? "is not what the schema asks for",
    code: error.keyword,
  }));

/** Null when ajv is stricter than the standard, e.g. about an empty `enum`. */
function compile(schema: AnySchemaObject): ValidateFunction | null {
  // An instance per schema: one that is kept grows with every schema it ever compiled.
  const ajv = new Ajv2020({
    ...shared,
    meta: false,
    validateSchema: false,
    inlineRefs: false,
    formats: formatChecks,
    code: { regExp: linearRegExp },
  });
  const { $schema: _dialect, ...rules } = schema;
  try {
    return ajv.compile(rules);
  } catch {
    return null;
  }
}

/**
 * Compiles an organization's schema, once it is found safe to run. Checking stops at the first thing that is wrong:
 * looking for all of them takes memory that only the payload limits.
 */
export function compileSchema(schema: Schema): Compilation {
  const inspection = inspectSchema(schema);
  if (!inspection.ok) return inspection;
  if (!metaSchema.validateSchema(schema)) {
    return { ok: false, errors: itemsOf(metaSchema.errors?.slice(0, 1) ?? [], "schema") };
  }
  const validate = compile(schema);
  if (validate === null) {
    const message = "cannot be used; check keywords whose values are empty or contradict each other";
    return { ok: false, errors: [{ path: "schema", message, code: "invalid_schema" }] };
  }
  return {
    ok: true,
    schema: {
      check(payload, bytes, prefix) {
        if (inspection.weight * bytes > costMax) return { outcome: "too_costly" };
        if (validate(payload)) return { outcome: "valid" };
        return { outcome: "invalid", errors: itemsOf(validate.errors ?? [], prefix) };
      },
    },
  };
}
