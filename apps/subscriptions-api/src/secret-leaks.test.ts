import { createTestAuthority } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseText, inHex } from "./testing/database-text.ts";
import { type ExampleIds, exampleRequests } from "./testing/example-requests.ts";
import { fillTenant } from "./testing/fill-tenant.ts";
import { createSubscription } from "./testing/seed-delivery.ts";
import { startTestApi, type TestAnswer, type TestApi } from "./testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const canary = (of: string) => `CANARY-${of}-${"x".repeat(24)}`;
const secret = `whsec_${Buffer.from(canary("secret")).toString("base64")}`;
const given = `whsec_${Buffer.from(canary("rotated")).toString("base64")}`;

/** Every credential a subscription can hold, in a body that keeps it, and the texts that nobody may see again. */
async function everyCredential() {
  const certificate = await (await createTestAuthority()).client("clinic-7");
  const basic = { type: "basic", username: "clinic", password: canary("password") };
  const bearer = { type: "bearer", token: canary("token") };
  const oauth2 = {
    type: "oauth2",
    token_url: "https://login.example.com/token",
    client_id: "clinic",
    client_secret: canary("client"),
  };
  const sensitive = { sensitive_headers: { "x-api-key": canary("header") } };
  const [, keyLine = ""] = certificate.key.split("\n");
  return {
    changes: [
      sensitive,
      { headers: { authorization: canary("authorization"), cookie: canary("cookie") } },
      { headers: {}, sensitive_headers: null },
      ...[basic, bearer, oauth2].map((auth) => ({ endpoint_auth: auth })),
      { client_certificate: certificate },
      sensitive,
    ],
    refused: [
      { headers: { host: canary("header") } },
      { sensitive_headers: { [`${canary("header")} `]: "x" } },
      { sensitive_headers: { "x-a": `${canary("header")}\n` } },
      { endpoint_auth: { ...bearer, token: `${canary("token")}\r\n` } },
      { endpoint_auth: { ...basic, username: "a:b" } },
      { endpoint_auth: { ...oauth2, token_url: "http://localhost/" } },
      { endpoint_auth: { ...oauth2, extra: canary("client") } },
      { client_certificate: { ...certificate, certificate: certificate.key } },
      { secret },
    ],
    texts: ["header", "authorization", "cookie", "password", "token", "client"].map(canary).concat(keyLine),
  };
}

const textOf = ({ text, headers }: TestAnswer): string => `${text}\n${JSON.stringify([...headers])}`;

/** The answer of every route but the one that shows the secret, the one that deletes the subscription last. */
async function answersOfEveryRoute(ids: ExampleIds): Promise<string[]> {
  const requests = exampleRequests
    .filter(({ name }) => name !== "subscriptions.getSecret")
    .sort((a, b) => Number(a.method === "DELETE") - Number(b.method === "DELETE"));
  const texts: string[] = [];
  for (const { method, path, body } of requests) {
    texts.push(textOf(await api.send(method, path(ids), { body: body(ids) })));
  }
  return texts;
}

// Every route is asked, and every row looked through.
test("no credential of a subscription is in any answer, refusal, log line, metric, event or column in the clear", async () => {
  const { changes, refused, texts } = await everyCredential();
  const id = await createSubscription(api, { secret });
  const path = `/v1/subscriptions/${id}`;
  const seen: string[] = [];
  for (const body of changes) {
    const answer = await api.send("PATCH", path, { body });
    expect(answer.status, answer.text).toBe(200);
    seen.push(textOf(answer));
  }
  for (const body of refused) {
    const answer = await api.send("PATCH", path, { body });
    expect(answer.status, answer.text).toBe(422);
    seen.push(textOf(answer));
  }
  const rotated = await api.send("POST", `${path}/rotate-secret`, { body: { secret: given } });
  expect(rotated.body.secret).toBe(given);
  seen.push(textOf(await api.send("POST", `${path}/rotate-secret`, { body: { secret: given } })));
  const ids = { ...(await fillTenant(api, api.tenant)), subscriptions: id };
  seen.push(...(await answersOfEveryRoute(ids)));
  const { data: events } = (await api.send("GET", "/v1/events")).body as { data: { id: string }[] };
  for (const event of events) seen.push((await api.send("GET", `/v1/events/${event.id}`)).text);
  seen.push(await (await fetch(`${api.url}/metrics`)).text(), api.logs());
  const database = await databaseText(api);
  for (const text of [...texts, secret, given]) {
    for (const place of [...seen, database]) expect(place).not.toContain(text);
    expect(database).not.toContain(inHex(text));
  }
}, 120_000);
