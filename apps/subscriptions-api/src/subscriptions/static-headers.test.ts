import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { mistakesIn, openedColumns } from "../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const url = "https://hooks.example.com/in";
const create = (body: object) => api.send("POST", "/v1/subscriptions", { body: { name: "x", url, ...body } });
const patch = (id: string, body: object) => api.send("PATCH", `/v1/subscriptions/${id}`, { body });
const read = async (id: string) => (await api.send("GET", `/v1/subscriptions/${id}`)).body;

describe("static headers", () => {
  test.each([
    "Host",
    "content-length",
    "Content-Type",
    "content-encoding",
    "Transfer-Encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "proxy-authorization",
    "user-agent",
    "traceparent",
    "accept-encoding",
    "webhook-id",
    "Webhook-Signature",
    "svix-id",
    "Eka-Webhook-Signature",
    "carewire-anything",
    "a b",
    "a:b",
    "",
    "ä",
    "__proto__",
    "x".repeat(129),
  ])("cannot be called %j, whichever kind they are", async (name) => {
    for (const field of ["headers", "sensitive_headers"]) {
      const body = `{"name":"x","url":"${url}","${field}":{${JSON.stringify(name)}:"hunter2"}}`;
      const answer = await api.send("POST", "/v1/subscriptions", { body });
      expect([400, 422], answer.text).toContain(answer.status);
      expect(answer.text).not.toContain("hunter2");
      if (answer.status === 422) expect(mistakesIn(answer.body)[0]).toMatch(new RegExp(`^${field}`));
    }
  });

  test.each(["a\r\nhost: b", "a\nb", "a\u0000", "a\u0001", "a\u007f", "€", "日本", "\ud800"])(
    "cannot say %j",
    async (value) => {
      const answer = await create({ headers: { "x-name": value } });
      expect(mistakesIn(answer.body)).toEqual(["headers.x-name: custom"]);
    },
  );

  test("may say latin1, and an empty value", async () => {
    const headers = { "x-name": "Jürgen ÿ", "x-empty": "", "x-tab": "a\tb" };
    expect((await create({ headers })).body.headers).toEqual(headers);
  });

  test("are limited in number and size, and names are the same in any case", async () => {
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`x-${n}`, "v"]));
    expect(mistakesIn((await create({ headers: many })).body)).toEqual(["headers: custom"]);
    expect(mistakesIn((await create({ headers: { a: "v".repeat(4_096) } })).body)).toEqual([
      "headers: custom",
    ]);
    expect(mistakesIn((await create({ headers: { "X-A": "1", "x-a": "2" } })).body)).toEqual([
      "headers.x-a: custom",
    ]);
    const both = await create({ headers: { "X-A": "1" }, sensitive_headers: { "x-a": "2" } });
    expect(mistakesIn(both.body)).toEqual(["headers.x-a: incompatible"]);
  });

  test("authorization and cookie are write-only wherever they are given, and can be replaced there", async () => {
    const id = await createSubscription(api, {
      headers: { Authorization: "Bearer one", Cookie: "c", "x-a": "1" },
    });
    expect(await read(id)).toMatchObject({
      headers: { "x-a": "1" },
      sensitive_headers: ["authorization", "cookie"],
    });
    await patch(id, { headers: { authorization: "Bearer two" } });
    expect(await openedColumns(api, id)).toMatchObject({
      sensitive_headers: { authorization: "Bearer two", cookie: "c" },
    });
    expect(await read(id)).toMatchObject({ headers: {}, sensitive_headers: ["authorization", "cookie"] });
    const twice = { headers: { authorization: "a" }, sensitive_headers: { authorization: "b" } };
    expect(mistakesIn((await patch(id, twice)).body)).toEqual(["headers.authorization: incompatible"]);
  });

  test("a change of one kind must fit what is stored of the other", async () => {
    const id = await createSubscription(api, { sensitive_headers: { "x-a": "1" } });
    expect(mistakesIn((await patch(id, { headers: { "x-a": "2" } })).body)).toEqual([
      "headers.x-a: incompatible",
    ]);
    expect((await patch(id, { headers: { "x-a": "2" }, sensitive_headers: null })).body).toMatchObject({
      headers: { "x-a": "2" },
      sensitive_headers: [],
    });
    expect(mistakesIn((await patch(id, { sensitive_headers: { "X-A": "3" } })).body)).toEqual([
      "headers.x-a: incompatible",
    ]);
  });
});
