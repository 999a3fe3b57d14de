import { expect, test } from "vitest";
import { addressOf } from "./address.ts";
import { parseExactly } from "./exact-json.ts";

test("parameters are filled into the path, encoded", () => {
  const { method, path } = addressOf("GET /v1/events/:id", { params: { id: "../a b" } });
  expect({ method, path }).toEqual({ method: "GET", path: "/v1/events/..%2Fa%20b" });
});

test("what a filter leaves open is not in the query", () => {
  const query = { status: "failed", type: undefined, subscription_id: "", limit: 20 };
  expect(addressOf("GET /v1/deliveries", { query }).path).toBe("/v1/deliveries?status=failed&limit=20");
});

test("numbers beyond what JavaScript holds are written again digit by digit", () => {
  const text = '{"id":9007199254740993,"price":1.0,"n":3,"list":[1e400]}';
  expect(JSON.stringify(parseExactly(text))).toBe(text);
  expect((parseExactly(text) as { n: number }).n).toBe(3);
});
