import type { Hl7Context, Hl7Segment } from "@medplum/core";
import { unescapeText } from "./unescape.ts";

/** Reads fields as text, escape sequences replaced. Fields and components count from 1, as in HL7's own tables. */
export interface FieldReader {
  /** A component of the field's first repetition; empty when it is not there. */
  text(segment: Hl7Segment, field: number, component: number): string;
  /** The same of a segment that may be missing. */
  optional(segment: Hl7Segment | null, field: number, component: number): string;
  /** Every repetition of a field that has no components. */
  repetitions(segment: Hl7Segment, field: number): string[];
  /** A coded element: identifier, text, name of the coding system. */
  coded(segment: Hl7Segment, field: number): { code: string; name: string; system: string };
  /** Extended ids: those that have an id. */
  identifiers(segment: Hl7Segment, field: number): { id: string; authority: string; type: string }[];
  /** OBX-5, one text per repetition, by the type in OBX-2. */
  values(segment: Hl7Segment, field: number, valueType: string): string[];
}

export function createFieldReader(context: Hl7Context): FieldReader {
  const decode = (text: string): string => unescapeText(text, context).trim();

  /** A field's repetitions, each as its components, sub-components unseparated. */
  const split = (segment: Hl7Segment, field: number): readonly string[][] =>
    segment.getField(field)?.components ?? [];

  function text(segment: Hl7Segment, field: number, component: number): string {
    return decode(split(segment, field)[0]?.[component - 1] ?? "");
  }

  return {
    text,
    optional: (segment, field, component) => (segment === null ? "" : text(segment, field, component)),
    repetitions: (segment, field) =>
      split(segment, field)
        .map((components) => decode(components.join(context.componentSeparator)))
        .filter((repetition) => repetition !== ""),
    coded: (segment, field) => ({
      code: text(segment, field, 1),
      name: text(segment, field, 2),
      system: text(segment, field, 3),
    }),
    identifiers: (segment, field) =>
      split(segment, field)
        .map((components) => ({
          id: decode(components[0] ?? ""),
          authority: decode(components[3] ?? "").split(context.subcomponentSeparator)[0] ?? "",
          type: decode(components[4] ?? ""),
        }))
        .filter(({ id }) => id !== ""),
    values: (segment, field, valueType) =>
      split(segment, field)
        .map((components) => decode(textOf(components, valueType, context)))
        .filter((value) => value !== ""),
  };
}

function textOf(components: string[], valueType: string, { componentSeparator }: Hl7Context): string {
  switch (valueType) {
    // Coded: the words rather than the code, which a receiver may not know.
    case "CE":
    case "CF":
    case "CNE":
    case "CWE":
      return components[1] || components[0] || "";
    // Structured numeric: comparator, number, separator, number.
    case "SN":
      return components.slice(0, 4).join("");
    // Documents: they stay in the request, which is kept.
    case "ED":
    case "RP":
      return "";
    default:
      return components.join(componentSeparator);
  }
}
