import { expect, test } from "vitest";
import { schemaFields } from "./schema-fields.ts";

test("fields are named with their path, what they are, and whether they must be there", () => {
  const schema = {
    type: "object",
    required: ["id", "place"],
    properties: {
      id: { type: "string", description: "Yours" },
      place: { $ref: "#/$defs/place" },
      items: { type: "array", items: { type: "object", properties: { sku: { type: ["string", "null"] } } } },
      state: { enum: ["open", "closed"] },
      amount: { anyOf: [{ type: "integer" }, { type: "null" }] },
    },
    $defs: { place: { type: "object", required: ["city"], properties: { city: { type: "string" } } } },
  };
  expect(schemaFields(schema).map(({ path, type, required }) => `${path} ${type} ${required}`)).toEqual([
    "id string true",
    "place object true",
    "place.city string true",
    "items array false",
    "items[].sku string | null false",
    'state "open" | "closed" false',
    "amount integer | null false",
  ]);
});

test("a schema that refers to itself ends", () => {
  const schema = {
    properties: { a: { $ref: "#/$defs/a" } },
    $defs: { a: { properties: { a: { $ref: "#/$defs/a" } } } },
  };
  expect(schemaFields(schema).length).toBeLessThan(10);
});
