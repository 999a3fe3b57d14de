import { eventTypes } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databaseText, inHex } from "../testing/database-text.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { mistakesIn } from "../testing/subscription-rows.ts";

const texas = { country: "US", region: "TX", city: "Austin", postal_code: "78701", line1: "1 Congress Ave" };
const jane = { email: "jane@example.com", name: "Jane Doe", addresses: [texas] };

let api: TestApi;
let sequence = 0;
let id: string;

beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(() => {
  id = `cus_${++sequence}`;
});
afterAll(() => api.stop());

const put = (body: unknown, key = api.tenant.key, customer = id) =>
  api.send("PUT", `/v1/customers/${encodeURIComponent(customer)}`, { body, key });
const get = (key = api.tenant.key, customer = id) =>
  api.send("GET", `/v1/customers/${encodeURIComponent(customer)}`, { key });

/** What subscribers are told about the customer, oldest first. */
async function told(organizationId = api.tenant.organizationId, customer = id) {
  const rows = await api.sql<{ id: string; type: string; queued: boolean; body: Buffer }[]>`
    select e.id, e.type, q.event_id is not null queued, p.body from events e join event_payloads p on p.id = e.id
    left join route_queue q on q.event_id = e.id
    where e.organization_id = ${organizationId} and e.subject = ${customer} order by e.id`;
  const dataKey = await api.vault.dataKey(organizationId);
  return rows.map((row) => {
    expect(row.queued).toBe(true);
    const data = JSON.parse(dataKey.open(`event_payloads:${row.id}`, row.body).toString());
    expect(eventTypes.get(row.type)?.schema.safeParse(data).success).toBe(true);
    return { type: row.type, data };
  });
}

test("a new customer is 201, reads back as it was put, and is told once, by id and region", async () => {
  const made = await put(jane);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ id, ...jane, region_code: "US-TX" });
  expect((await get()).body).toEqual(made.body);
  expect(await told()).toEqual([
    { type: "customer.created", data: { customer_id: id, region_code: "US-TX" } },
  ]);
});

test("the same again is 200 and tells nothing, whatever it spells out or in which case", async () => {
  const made = await put({ ...jane, addresses: [{ country: "us", region: "tx" }] });
  const again = { ...jane, addresses: [{ region: "TX", country: "US", city: null }] };
  const repeated = await put(again);
  expect([repeated.status, repeated.body]).toEqual([200, made.body]);
  expect(await told()).toHaveLength(1);
});

test("a change of address tells where from and where to, a change of name that there was one", async () => {
  await put(jane);
  expect((await put({ ...jane, addresses: [{ ...texas, region: "CA" }] })).body.region_code).toBe("US-CA");
  await put({ ...jane, name: "Jane Roe", addresses: [{ ...texas, region: "CA" }] });
  await put({ name: "Jane Roe" });
  expect((await get()).body).toMatchObject({
    email: null,
    name: "Jane Roe",
    addresses: [],
    region_code: null,
  });
  const customer_id = id;
  expect((await told()).slice(1)).toEqual([
    {
      type: "customer.address_changed",
      data: { customer_id, region_code: "US-CA", previous_region_code: "US-TX" },
    },
    { type: "customer.updated", data: { customer_id, fields: ["name"] } },
    { type: "customer.updated", data: { customer_id, fields: ["email"] } },
    {
      type: "customer.address_changed",
      data: { customer_id, region_code: null, previous_region_code: "US-CA" },
    },
  ]);
});

test("a street within the same region is a change of address too, and its order among others is", async () => {
  const other = { country: "FR", region: "IDF", city: null, postal_code: null, line1: null };
  await put({ addresses: [texas, other] });
  await put({ addresses: [{ ...texas, line1: "2 Congress Ave" }, other] });
  await put({ addresses: [other, { ...texas, line1: "2 Congress Ave" }] });
  expect((await told()).map(({ data }) => [data.previous_region_code, data.region_code])).toEqual([
    [undefined, "US-TX"],
    ["US-TX", "US-TX"],
    ["US-TX", "FR-IDF"],
  ]);
});

test("twenty at once make one customer, told once", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => put(jane)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
  expect(await told()).toHaveLength(1);
});

test("a customer of the same id is another one in another organization", async () => {
  await put(jane);
  expect((await get(api.stranger.key)).status).toBe(404);
  expect((await put({ name: "Somebody else" }, api.stranger.key)).status).toBe(201);
  expect((await get()).body.name).toBe("Jane Doe");
  expect((await get(api.stranger.key)).body.name).toBe("Somebody else");
  expect(await told(api.stranger.organizationId)).toHaveLength(1);
});

test("a key of an account neither reads nor writes customers", async () => {
  await put(jane);
  const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
  expect((await get(key)).status).toBe(403);
  expect((await put({}, key)).status).toBe(403);
  expect((await get()).body.name).toBe("Jane Doe");
});

test("an id is the caller's own text: slashes, spaces and letters of any script", async () => {
  for (const own of ["patients/7", "a b", "Ünïcödé", "%00x"]) {
    expect((await put(jane, api.tenant.key, own)).status, own).toBe(201);
    expect((await get(api.tenant.key, own)).body.id).toBe(own);
  }
});

describe("what is refused changes nothing", () => {
  test.each([
    ["an e-mail address that is none", { email: "jane" }, "email: invalid_format"],
    ["an empty name", { name: "" }, "name: too_small"],
    ["a name with a NUL", { name: "a\0" }, "name: custom"],
    [
      "a country in words",
      { addresses: [{ ...texas, country: "USA" }] },
      "addresses.0.country: invalid_format",
    ],
    [
      "a region in words",
      { addresses: [{ ...texas, region: "Texas" }] },
      "addresses.0.region: invalid_format",
    ],
    ["an address without a region", { addresses: [{ country: "US" }] }, "addresses.0.region: invalid_type"],
    ["21 addresses", { addresses: Array(21).fill(texas) }, "addresses: too_big"],
    ["an unknown field", { phone: "1" }, "phone: unknown_field"],
    [
      "an unknown field of an address",
      { addresses: [{ ...texas, zip: "1" }] },
      "addresses.0.zip: unknown_field",
    ],
  ])("%s", async (_name, change, mistake) => {
    const answer = await put({ ...jane, ...change });
    expect([answer.status, mistakesIn(answer.body)]).toEqual([422, [mistake]]);
    expect((await get()).status).toBe(404);
  });

  test.each(["\0", "x".repeat(256)])("an id that cannot be stored", async (own) => {
    expect((await put(jane, api.tenant.key, own)).status).toBe(422);
    expect((await get(api.tenant.key, own)).status).toBe(404);
  });
});

test("who wrote and who read a customer is in the audit trail, without what was written", async () => {
  await put(jane);
  await put({ ...jane, name: "Jane Roe" });
  await get();
  const rows = await api.sql`
    select action, detail from audit_log where target = ${`customer/${id}`} order by seq`;
  expect(rows.map(({ action }) => action)).toEqual(["customer.created", "customer.updated", "customer.read"]);
  expect(rows.map(({ detail }) => detail)).toEqual([{}, {}, {}]);
});

test("personal data is in no column, log line or metric in the clear", async () => {
  const canary = "CANARYJaneDoe";
  const address = { ...texas, city: canary, postal_code: canary, line1: canary };
  await put({ email: `${canary}@example.com`, name: canary, addresses: [address] });
  await put({ email: `${canary}@example`, name: canary, addresses: [{ ...address, region: canary }] });
  expect((await get()).text).toContain(canary);
  const database = await databaseText(api);
  const metrics = await (await fetch(`${api.url}/metrics`)).text();
  for (const text of [database, metrics, api.logs()]) {
    expect(text).not.toContain(canary);
    expect(text).not.toContain(inHex(canary));
  }
});
