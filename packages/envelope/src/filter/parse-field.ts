import { type Filter, filterLimits, type Scalar, type Test } from "./filter.ts";
import { isObject, type Report, within } from "./report.ts";

const { pathSegments, pathCharacters, textCharacters, values: valuesMax } = filterLimits;

/** The conditions on one payload field: a value it must equal, or an object of operators. */
export function parseField(name: string, json: unknown, at: string, report: Report): Filter | null {
  const problem = pathProblem(name);
  if (problem !== null) return report.error(at.slice(0, pathCharacters), problem);
  report.characters(name.length);
  const path = name.split(".");
  if (!isObject(json)) return parseOperator(path, "$eq", json, at, report);
  const entries = Object.entries(json);
  if (entries.length === 0) return report.error(at, "must be a value or an object of operators such as $gte");
  if (entries.length > operators.length) return report.error(at, unknownOperator);
  const filters = entries.flatMap(
    ([operator, operand]) => parseOperator(path, operator, operand, within(at, operator), report) ?? [],
  );
  return { kind: "all", filters };
}

const operators = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists"];
const unknownOperator = `is not an operator of a field; these are: ${operators.join(", ")}`;

function parseOperator(
  path: readonly string[],
  operator: string,
  operand: unknown,
  at: string,
  report: Report,
): Filter | null {
  if (!report.condition()) return null;
  const field = (test: Test | null): Filter | null => test && { kind: "field", path, test };
  const no = (filter: Filter | null): Filter | null => filter && { kind: "not", filter };
  switch (operator) {
    case "$eq":
      return field(parseValues([operand], at, report));
    case "$ne":
      return no(field(parseValues([operand], at, report)));
    case "$in":
      return field(parseList(operand, at, report));
    case "$nin":
      return no(field(parseList(operand, at, report)));
    case "$gt":
      return field(parseBound("gt", operand, at, report));
    case "$gte":
      return field(parseBound("gte", operand, at, report));
    case "$lt":
      return field(parseBound("lt", operand, at, report));
    case "$lte":
      return field(parseBound("lte", operand, at, report));
    case "$exists":
      if (typeof operand !== "boolean") return report.error(at, "must be true or false");
      return operand ? field({ kind: "exists" }) : no(field({ kind: "exists" }));
    default:
      return report.error(at.slice(0, pathCharacters), unknownOperator);
  }
}

function parseList(json: unknown, at: string, report: Report): Test | null {
  if (!Array.isArray(json) || json.length === 0 || json.length > valuesMax) {
    return report.error(at, `must be a list of 1 to ${valuesMax} values`);
  }
  return parseValues(json, at, report);
}

function parseValues(json: readonly unknown[], at: string, report: Report): Test | null {
  for (const value of json) {
    const problem = scalarProblem(value);
    if (problem !== null) return report.error(at, problem);
    if (typeof value === "string") report.characters(value.length);
  }
  return { kind: "in", values: new Set(json as readonly Scalar[]) };
}

function parseBound(
  kind: "gt" | "gte" | "lt" | "lte",
  json: unknown,
  at: string,
  report: Report,
): Test | null {
  if (typeof json !== "string" && typeof json !== "number")
    return report.error(at, "must be a number or text");
  const problem = scalarProblem(json);
  if (problem !== null) return report.error(at, problem);
  if (typeof json === "string") report.characters(json.length);
  return { kind, bound: json };
}

function scalarProblem(value: unknown): string | null {
  switch (typeof value) {
    case "boolean":
      return null;
    case "string":
      if (value.length > textCharacters) return `must not be longer than ${textCharacters} characters`;
      return isStorable(value) ? null : "must not contain NUL characters or lone surrogates";
    case "number":
      // Beyond, neighbouring integers are the same number: the condition would mean more than it says.
      return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? null : "must lie within ±(2^53 - 1)";
    default:
      return value === null
        ? null
        : "must be text, a number, true, false or null; for several values use $in";
  }
}

function pathProblem(name: string): string | null {
  if (name.length > pathCharacters) return `must not be longer than ${pathCharacters} characters`;
  const segments = name.split(".");
  if (segments.length > pathSegments) return `must not have more than ${pathSegments} names`;
  if (segments.includes("")) return "must be names with dots between them, such as customer.region";
  if (segments.includes("__proto__")) return "must not contain __proto__";
  return isStorable(name) ? null : "must not contain NUL characters or lone surrogates";
}

const isStorable = (text: string): boolean => !text.includes("\u0000") && text.isWellFormed();
