import { buildOpenApiDocument } from "@carewire/contracts/openapi";
import type { Route } from "../route.ts";
import { type JsonSchema, referenceName } from "./schema-type.ts";

/** One operation of the API's document, with what the client must know of it. */
export interface Operation extends Route {
  group: string;
  name: string;
  documentation: string;
  query: JsonSchema | null;
  body: JsonSchema | null;
  /** True when the caller may leave the payload out. */
  isPayloadOptional: boolean;
  /** Of its 2xx answers; empty when they have no body. */
  answers: JsonSchema[];
}

/** Named schemas of the document. */
export type Components = Record<string, JsonSchema>;

interface DocumentedOperation {
  operationId: string;
  summary?: string;
  description?: string;
  parameters: { name: string; in: string; required?: boolean; description?: string; schema: JsonSchema }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
}

/** What the client does not offer: interfaces of other products, internal routes, streams, and what `fetchDetails` is for. */
const leftOut = /^(?:mycure|eka|envelopes|streams)\.|AtEkaPath$/;

/** Requests that set a state: doing it twice is doing it once. */
const setsState = new Set([
  "subscriptions.pause",
  "subscriptions.resume",
  "deliveries.cancel",
  "replays.cancel",
]);

function repeatOf(operation: DocumentedOperation, method: string): Route["repeat"] {
  if (operation.parameters.some((parameter) => parameter.name === "idempotency-key")) return "with_key";
  return method !== "POST" || setsState.has(operation.operationId) ? "always" : "unless_done";
}

function queryOf({ parameters }: DocumentedOperation): JsonSchema | null {
  const query = parameters.filter((parameter) => parameter.in === "query");
  if (query.length === 0) return null;
  const properties = query.map(({ name, description, schema }) => [name, { ...schema, description }]);
  const required = query.filter((parameter) => parameter.required).map(({ name }) => name);
  return { type: "object", properties: Object.fromEntries(properties), required };
}

function bodyOf({ requestBody }: DocumentedOperation): JsonSchema | null {
  const schema = requestBody?.content["application/json"]?.schema;
  if (schema === undefined) return null;
  // A body that can only be `{}` is not worth an argument; the API takes none at all instead.
  const isEmpty = schema.type === "object" && schema.additionalProperties === false;
  return isEmpty && Object.keys(schema.properties ?? {}).length === 0 ? null : schema;
}

const contentsOf = ({ responses }: DocumentedOperation) =>
  Object.entries(responses)
    .filter(([status]) => /^2/.test(status))
    .map(([, { content }]) => content ?? {});

function answersOf(operation: DocumentedOperation): JsonSchema[] {
  return contentsOf(operation).flatMap((content) => Object.values(content).map(({ schema }) => schema));
}

/** Streams and the like are for clients of their own. */
const answersJson = (operation: DocumentedOperation): boolean =>
  contentsOf(operation).every((content) => Object.keys(content).every((type) => type === "application/json"));

/** What a page of a list holds; null for every other answer. */
export function itemsOf(answer: JsonSchema, components: Components): JsonSchema | null {
  const { data, next_cursor: next } = resolve(answer, components)?.properties ?? {};
  return data?.items !== undefined && next !== undefined ? data.items : null;
}

const resolve = (schema: JsonSchema, components: Components): JsonSchema | undefined =>
  schema.$ref === undefined ? schema : components[referenceName(schema.$ref)];

const hasRequired = (schema: JsonSchema, components: Components): boolean => {
  const resolved = resolve(schema, components);
  return resolved?.type !== "object" || (resolved.required ?? []).length > 0;
};

function describe(operation: DocumentedOperation): string {
  return [operation.summary, operation.description].filter(Boolean).join(". ").replaceAll("\n", " ");
}

/** Everything the client offers, and the components of the document it comes from. */
export function readOperations(): { operations: Operation[]; components: Components } {
  const document = buildOpenApiDocument();
  const components = (document.components?.schemas ?? {}) as Components;
  const all = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, DocumentedOperation>).map(([method, operation]) => ({
      path: path.replace(/\{(\w+)\}/g, ":$1"),
      method: method.toUpperCase(),
      operation,
    })),
  );
  const offered = all.filter(
    ({ operation }) => !leftOut.test(operation.operationId) && answersJson(operation),
  );
  const operations = offered.map(({ path, method, operation }): Operation => {
    const [group = "", name = ""] = operation.operationId.split(".");
    const query = queryOf(operation);
    const body = bodyOf(operation);
    const payload = body ?? query;
    const answers = answersOf(operation);
    return {
      group,
      name,
      method: method as Route["method"],
      path,
      payload: body ? "body" : query ? "query" : "none",
      repeat: repeatOf(operation, method),
      documentation: describe(operation),
      query,
      body,
      isPayloadOptional:
        payload !== null && (method === "POST" || body === null) && !hasRequired(payload, components),
      answers,
      isList: answers.length === 1 && itemsOf(answers[0] as JsonSchema, components) !== null,
    };
  });
  return { operations, components };
}
