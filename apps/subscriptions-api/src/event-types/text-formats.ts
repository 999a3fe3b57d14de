import { type FormatName, fullFormats } from "ajv-formats/dist/formats.js";

/** Longer text is of no format: each of these looks at its text a few times over. */
const charactersMax = 2_048;

/** The values of `format` that are checked; another one in a schema is refused. */
export const textFormats = [
  "date",
  "time",
  "date-time",
  "duration",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uri",
  "uri-reference",
  "uuid",
  "json-pointer",
] as const satisfies FormatName[];

function matcherOf(name: FormatName): (text: string) => boolean {
  const format = fullFormats[name];
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === "function") return format as (text: string) => boolean;
  const validate = typeof format === "object" && "validate" in format ? format.validate : null;
  if (validate instanceof RegExp) return (text) => validate.test(text);
  if (typeof validate !== "function") throw new Error(`ajv-formats has no check for ${name}`);
  return validate as (text: string) => boolean;
}

/** One check per format, for ajv. */
export const formatChecks: Record<string, (text: string) => boolean> = Object.fromEntries(
  textFormats.map((name) => {
    const matches = matcherOf(name);
    return [name, (text: string) => text.length <= charactersMax && matches(text)];
  }),
);
