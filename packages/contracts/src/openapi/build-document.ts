import { type AppRoute, type AppRouter, isAppRoute } from "@ts-rest/core";
import { type OpenAPIObject, OpenApiBuilder, type SchemaObject } from "openapi3-ts/oas31";
import { adminSessionContract } from "../admin-session.ts";
import { apiContract } from "../contract.ts";
import { dlqContract } from "../dlq-contract.ts";
import { eventStreamsContract } from "../event-streams.ts";
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

/** One app's interface. */
interface DescribedApi {
  title: string;
  description: string;
  contract: AppRouter;
  /** How its callers show who they are. */
  credential: string;
}

/** The same contract gives the same document. */
function buildDocument({ title, description, contract, credential }: DescribedApi): OpenAPIObject {
  const schemas = createSchemaCollector();
  const builder = OpenApiBuilder.create({
    openapi: "3.1.0",
    info: { title, version: "1.0", description, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    paths: {},
    servers: [{ url: "/" }],
  });
  builder.addSecurityScheme(securitySchemeName, { type: "http", scheme: "bearer", description: credential });
  for (const { keys, route } of routesOf(contract)) {
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

/** Everything subscriptions-api answers, streams included. */
export const documentedApiContract = { ...apiContract, eventStreams: eventStreamsContract };

/** Builds the OpenAPI 3.1 document of subscriptions-api from its contract. */
export const buildOpenApiDocument = (): OpenAPIObject =>
  buildDocument({
    title: "Carewire",
    description: "Publish events, subscribe endpoints to them, and see what was delivered.",
    contract: documentedApiContract,
    credential: "An API key or a session: `Authorization: Bearer cw_live_…`",
  });

/** Everything dlq-admin answers, signing in included. */
export const adminApiContract = { session: adminSessionContract, ...dlqContract };

/** Builds the OpenAPI 3.1 document of dlq-admin from its contract. */
export const buildAdminOpenApiDocument = (): OpenAPIObject =>
  buildDocument({
    title: "Carewire dlq-admin",
    description: "See what failed and why, correct it, retry it; and how everything else is doing.",
    contract: adminApiContract,
    credential:
      "An API key: `Authorization: Bearer cw_live_…`. Pages use the session cookie that `POST /session` sets instead.",
  });
