import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type RouteMetadata, scopes } from "../scopes.ts";
import {
  adminApiContract,
  buildAdminOpenApiDocument,
  buildOpenApiDocument,
  documentedApiContract,
  routesOf,
} from "./build-document.ts";
import { renderOpenApiDocument } from "./render-document.ts";
import { createSchemaCollector } from "./schema-collector.ts";

function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === "$ref" ? [String(child)] : referencesIn(child),
  );
}

test("the document of subscriptions-api equals the file that is checked in (write it again with `pnpm openapi`)", () => {
  const checkedIn = readFileSync(new URL("../../openapi.json", import.meta.url), "utf8");
  expect(checkedIn).toBe(renderOpenApiDocument());
});

describe.each([
  ["subscriptions-api", buildOpenApiDocument(), routesOf(documentedApiContract)],
  ["dlq-admin", buildAdminOpenApiDocument(), routesOf(adminApiContract)],
])("the OpenAPI document of %s", (_app, document, routes) => {
  test("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document) as unknown as Record<string, unknown>);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(validator.version).toBe("3.1");
  });

  test("has no dangling references", () => {
    const known = Object.keys(document.components?.schemas ?? {}).map((id) => `#/components/schemas/${id}`);
    expect(known).toEqual(expect.arrayContaining([...new Set(referencesIn(document))]));
  });

  test.each(routes.map(({ keys, route }) => ({ name: keys.join("."), route })))(
    "$name names its scope, its path parameters and a schema for every answer with a body",
    ({ name, route }) => {
      const path = route.path.replace(/:(\w+)/g, "{$1}");
      const operation = document.paths?.[path]?.[route.method.toLowerCase() as "get"];
      expect(operation?.operationId).toBe(name);
      const [required] = Object.values(operation?.security?.[0] ?? {});
      const { scope } = (route.metadata as RouteMetadata | undefined) ?? {};
      if (scope === undefined) expect(operation?.security).toEqual([]);
      else if (scope === null) expect(required).toEqual([]);
      else expect(scopes).toContain(required?.[0]);
      const named = (operation?.parameters ?? []).flatMap((p) =>
        "in" in p && p.in === "path" ? [p.name] : [],
      );
      expect(named).toEqual([...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]));
      for (const [status, response] of Object.entries(operation?.responses ?? {})) {
        const [content] = Object.values(response.content ?? {}) as { schema: object }[];
        if (["204", "304"].includes(status)) expect(content).toBeUndefined();
        else expect(Object.keys(content?.schema ?? {})).not.toHaveLength(0);
      }
    },
  );
});

test.each([
  ["/v1/subscriptions/{id}/stream", "StreamMessage"],
  ["/v1/tail", "TailMessage"],
])("%s is described as an event stream, with what a message holds", (path, component) => {
  const answer = buildOpenApiDocument().paths?.[path]?.get?.responses?.["200"];
  expect(Object.entries(answer?.content ?? {})).toEqual([
    ["text/event-stream", { schema: { $ref: `#/components/schemas/${component}` } }],
  ]);
});

test("one component id for two schemas is refused", () => {
  const schemas = createSchemaCollector();
  const named = z.object({ a: z.string().default("x") }).meta({ id: "DefaultedInATest" });
  schemas.convert(named, "input");
  expect(() => schemas.convert(named, "output")).toThrow(/DefaultedInATest/);
});
