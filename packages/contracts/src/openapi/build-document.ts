import { type AppRoute, type AppRouter, isAppRoute } from "@ts-rest/core";
import { type OpenAPIObject, OpenApiBuilder, type SchemaObject } from "openapi3-ts/oas31";
import { apiContract } from "../contract.ts";
import { describeOperation, securitySchemeName } from "./describe-operation.ts";
import { createSchemaCollector } from "./schema-collector.ts";

interface FoundRoute {
  /** Keys from the contract's root to the route. */
  keys: string[];
  route: AppRoute;
}

/** Every route of a contract, depth first, in the order written. */
export function routesOf(router: AppRouter, above: string[] = []): FoundRoute[] {
  return Object.entries(router).flatMap(([key, entry]) =>
    isAppRoute(entry) ? [{ keys: [...above, key], route: entry }] : routesOf(entry, [...above, key]),
  );
}

const openApiPath = (path: string): string => path.replace(/:([A-Za-z_]+)/g, "{$1}");

/** Builds the OpenAPI 3.1 document of subscriptions-api from its contract. The same contract gives the same document. */
export function buildOpenApiDocument(): OpenAPIObject {
  const schemas = createSchemaCollector();
  const builder = OpenApiBuilder.create({
    openapi: "3.1.0",
    info: {
      title: "Carewire",
      version: "1.0",
      description: "Publish events, subscribe endpoints to them, and see what was delivered.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths: {},
    servers: [{ url: "/" }],
  });
  builder.addSecurityScheme(securitySchemeName, {
    type: "http",
    scheme: "bearer",
    description: "An API key or a session: `Authorization: Bearer cw_live_…`",
  });
  for (const { keys, route } of routesOf(apiContract)) {
    const operation = describeOperation({
      operationId: keys.join("."),
      tag: keys[0] ?? "",
      route,
      schemas,
    });
    builder.addPath(openApiPath(route.path), { [route.method.toLowerCase()]: operation });
  }
  for (const [id, schema] of Object.entries(schemas.components()))
    builder.addSchema(id, schema as SchemaObject);
  return builder.getSpec();
}
