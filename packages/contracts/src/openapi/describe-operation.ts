import { type AppRoute, isAppRouteOtherResponse } from "@ts-rest/core";
import type { OperationObject, ParameterObject, ResponsesObject } from "openapi3-ts/oas31";
import { z } from "zod";
import { problemSchema } from "../problem.ts";
import type { RouteMetadata } from "../scopes.ts";
import type { SchemaCollector } from "./schema-collector.ts";

/** A route of a contract, where it stands in the contract, and what to convert its schemas with. */
export interface OperationSource {
  /** Unique, e.g. `subscriptions.create`. */
  operationId: string;
  /** What the operation is grouped under. */
  tag: string;
  route: AppRoute;
  schemas: SchemaCollector;
}

export const securitySchemeName = "apiKey";

const statusTexts: Record<number, string> = {
  200: "OK",
  201: "Created",
  202: "Accepted and stored",
  204: "Done",
  304: "Not modified: `If-None-Match` names the newest version",
  400: "The request cannot be read",
  401: "The API key is missing, unknown, expired or revoked",
  403: "The API key lacks the scope",
  404: "Not found, or not yours",
  409: "It conflicts with what is there already; `detail` says with what",
  413: "The body is too large",
  415: "The body is not JSON in UTF-8",
  422: "The request is readable but wrong; `errors` says where",
  429: "Too many requests; see Retry-After",
  500: "A mistake on our side",
  503: "Nothing was stored; try again after Retry-After",
  504: "No dispatcher, or no answer of the endpoint, in time",
};

type Place = "path" | "query" | "header";

/** One parameter per property of an object schema. */
function parametersOf(schema: unknown, place: Place, schemas: SchemaCollector): ParameterObject[] {
  const shape = schema instanceof z.ZodObject ? schema.shape : schema;
  return Object.entries((shape ?? {}) as Record<string, z.ZodType>).map(([name, property]) => {
    const { description } = z.globalRegistry.get(property) ?? {};
    return {
      name,
      in: place,
      required: place === "path" || !property.safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      schema: schemas.convert(property, "input"),
    };
  });
}

const mediaTypeOf = (schema: unknown, otherwise: string): string =>
  schema === problemSchema ? "application/problem+json" : otherwise;

function describeResponses(route: AppRoute, schemas: SchemaCollector): ResponsesObject {
  const responses: ResponsesObject = {};
  for (const [status, response] of Object.entries(route.responses)) {
    const isOther = isAppRouteOtherResponse(response);
    const schema = isOther ? response.body : response;
    const mediaType = mediaTypeOf(schema, isOther ? response.contentType : "application/json");
    responses[status] = {
      description: statusTexts[Number(status)] ?? "",
      ...(schema instanceof z.ZodType
        ? { content: { [mediaType]: { schema: schemas.convert(schema, "output") } } }
        : {}),
    };
  }
  return responses;
}

/** What a route asks of its caller, in words and as the document says it; one without metadata is how one signs in. */
function describeAccess(metadata: RouteMetadata | undefined) {
  if (metadata === undefined) return { sentence: "Needs no key.", security: [] };
  const { scope } = metadata;
  if (scope === null) return { sentence: "Needs no scope.", security: [{ [securitySchemeName]: [] }] };
  return { sentence: `Needs scope \`${scope}\`.`, security: [{ [securitySchemeName]: [scope] }] };
}

/** Describes one route as an OpenAPI 3.1 operation. */
export function describeOperation({ operationId, tag, route, schemas }: OperationSource): OperationObject {
  const { sentence, security } = describeAccess(route.metadata as RouteMetadata | undefined);
  const body = "body" in route ? route.body : undefined;
  return {
    operationId,
    tags: [tag],
    summary: route.summary,
    description: [route.description, sentence].filter(Boolean).join(" "),
    security,
    parameters: [
      ...parametersOf(route.pathParams, "path", schemas),
      ...parametersOf(route.query, "query", schemas),
      ...parametersOf(route.headers, "header", schemas),
    ],
    ...(body instanceof z.ZodType
      ? {
          requestBody: {
            required: !body.safeParse(undefined).success,
            content: { "application/json": { schema: schemas.convert(body, "input") } },
          },
        }
      : {}),
    responses: describeResponses(route, schemas),
  };
}
