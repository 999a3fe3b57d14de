import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readOperations } from "./generate/operations.ts";
import { renderRoutes } from "./generate/render-routes.ts";
import { renderTypes } from "./generate/render-types.ts";
import { schemaType } from "./generate/schema-type.ts";

const { operations, components } = readOperations();
const checkedIn = (name: string) => readFileSync(new URL(`./${name}`, import.meta.url), "utf8");

test("what is generated equals what is checked in (write it again with `npm run generate:client`)", () => {
  expect(checkedIn("routes.generated.ts")).toBe(renderRoutes(operations));
  expect(checkedIn("api.generated.ts")).toBe(renderTypes(operations, components));
});

test("only what can be done twice is repeated without a key", () => {
  const repeated = (repeat: string) =>
    operations
      .filter((operation) => operation.method === "POST" && operation.repeat === repeat)
      .map(({ group, name }) => `${group}.${name}`);
  expect(repeated("with_key").sort()).toEqual([
    "events.publish",
    "events.publishBatch",
    "replays.create",
    "replays.recover",
    "replays.replayDelivery",
    "replays.replayMissing",
  ]);
  expect(repeated("always").sort()).toEqual([
    "deliveries.cancel",
    "replays.cancel",
    "subscriptions.pause",
    "subscriptions.resume",
  ]);
});

test("at run time the client needs nothing of the contract", () => {
  for (const name of [
    "create-client.ts",
    "routes.generated.ts",
    "api.generated.ts",
    "build-request.ts",
    "pages.ts",
  ]) {
    expect(checkedIn(name)).not.toMatch(/from "(?!\.)/);
  }
});

test.each([
  [{ type: ["string", "null"] }, "string | null"],
  [{ type: "array", items: { enum: ["a", 1] } }, '("a" | 1)[]'],
  [{ anyOf: [{ $ref: "#/components/schemas/Event" }, { type: "null" }] }, "Event | null"],
  [{ type: "object", additionalProperties: { type: "integer" } }, "Record<string, number>"],
  [
    { type: "object", required: ["a"], properties: { a: { const: true }, "b-c": {} } },
    '{\n  a: true;\n  "b-c"?: unknown;\n}',
  ],
  [{ description: "x */ y", type: "object" }, "Record<string, unknown>"],
])("%j becomes %s", (schema, type) => {
  expect(schemaType(schema, "got", "")).toBe(type);
});

test("a schema that has no type here is refused rather than guessed", () => {
  expect(() => schemaType({ type: "tuple" }, "got", "")).toThrow(/tuple/);
});
