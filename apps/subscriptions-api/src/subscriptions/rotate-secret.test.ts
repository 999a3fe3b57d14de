import { randomBytes } from "node:crypto";
import { verifyAuditChain } from "@carewire/db";
import { generateEd25519Secrets } from "@carewire/verifiers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { auditOf, liveSecretsOf, subscriptionRowId } from "../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const newSecret = () => `whsec_${randomBytes(32).toString("base64")}`;
const patch = (id: string, body: object) => api.send("PATCH", `/v1/subscriptions/${id}`, { body });
const rotate = (id: string, body: object = {}) =>
  api.send("POST", `/v1/subscriptions/${id}/rotate-secret`, { body });
const secretOf = async (id: string) => (await api.send("GET", `/v1/subscriptions/${id}/secret`)).body.secret;

const dayMs = 24 * 3_600_000;
const fromNowMs = (timestamp: unknown) => Date.parse(String(timestamp)) - Date.now();

describe("rotating a secret", () => {
  test("makes a new one that is the newest, and the old one signs along for a day", async () => {
    const first = newSecret();
    const id = await createSubscription(api, { secret: first });
    const answer = await rotate(id);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ secret: expect.stringMatching(/^whsec_.{44}$/), public_key: null });
    expect(fromNowMs(answer.body.previous_expires_at)).toBeGreaterThan(dayMs - 60_000);
    expect(fromNowMs(answer.body.previous_expires_at)).toBeLessThanOrEqual(dayMs);
    expect(await liveSecretsOf(api, id)).toEqual([answer.body.secret, first]);
    expect(await secretOf(id)).toBe(answer.body.secret);
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).body).toMatchObject({ version: 2 });
    expect((await auditOf(api, id)).at(1)).toMatchObject({
      action: "subscription.secret_rotated",
      detail: { given: false, overlap_seconds: 86_400 },
    });
    expect(await verifyAuditChain(api.sql, api.tenant.organizationId)).toMatchObject({ ok: true });
  });

  test("needs no body", async () => {
    const id = await createSubscription(api);
    const answer = await api.send("POST", `/v1/subscriptions/${id}/rotate-secret`);
    expect(answer.status, answer.text).toBe(200);
    expect(await liveSecretsOf(api, id)).toHaveLength(2);
    expect(fromNowMs(answer.body.previous_expires_at)).toBeGreaterThan(dayMs - 60_000);
  });

  test("takes a secret that is given, and ends the old ones as asked", async () => {
    const id = await createSubscription(api, {});
    await rotate(id);
    const given = newSecret();
    expect((await rotate(id, { secret: given, overlap_seconds: 0 })).body.secret).toBe(given);
    expect(await liveSecretsOf(api, id)).toEqual([given]);
  });

  test("never lengthens the life of a secret that is already ending", async () => {
    const first = newSecret();
    const id = await createSubscription(api, { secret: first });
    await rotate(id, { overlap_seconds: 60 });
    await rotate(id, { overlap_seconds: 7 * 86_400 });
    const [row] = await api.sql<{ seconds: number }[]>`
      select extract(epoch from min(expires_at) - now())::int as seconds from subscription_secrets
      where subscription_id = ${subscriptionRowId(id)}`;
    expect(row?.seconds).toBeLessThanOrEqual(60);
  });

  test("stops at five in force: 409, until one ends or all are ended", async () => {
    const id = await createSubscription(api);
    for (let n = 0; n < 4; n++) expect((await rotate(id)).status).toBe(200);
    const refused = await rotate(id);
    expect(refused.body).toMatchObject({ status: 409, code: "conflict" });
    expect(await liveSecretsOf(api, id)).toHaveLength(5);
    expect((await rotate(id, { overlap_seconds: 0 })).status).toBe(200);
    expect(await liveSecretsOf(api, id)).toHaveLength(1);
  });

  test("of several at once keeps every one of them", async () => {
    const id = await createSubscription(api);
    const answers = await Promise.all(Array.from({ length: 4 }, () => rotate(id)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const live = await liveSecretsOf(api, id);
    expect(live.slice(0, 4).sort()).toEqual(answers.map(({ body }) => body.secret).sort());
    expect(await secretOf(id)).toBe(live[0]);
  });

  test.each([
    [{ overlap_seconds: -1 }, "overlap_seconds"],
    [{ overlap_seconds: 7 * 86_400 + 1 }, "overlap_seconds"],
    [{ overlap_seconds: 1.5 }, "overlap_seconds"],
    [{ secret: "hunter2" }, "secret"],
    [{ secret: `whsec_${randomBytes(16).toString("base64")}` }, "secret"],
    [{ secret: generateEd25519Secrets(randomBytes).signing }, "secret"],
    [{ secret: "" }, "secret"],
  ])("refuses %j without repeating it, and nothing changes", async (body, path) => {
    const id = await createSubscription(api);
    const before = await liveSecretsOf(api, id);
    const answer = await rotate(id, body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ path }]);
    if ("secret" in body && body.secret !== "") expect(answer.text).not.toContain(body.secret);
    expect(await liveSecretsOf(api, id)).toEqual(before);
  });

  test("refuses a secret that is in force already: it would change nothing", async () => {
    const secret = newSecret();
    const id = await createSubscription(api, { secret });
    expect((await rotate(id, { secret })).status).toBe(422);
  });
});

describe("pairs of keys", () => {
  test("are made or given, show their public half, and rotate", async () => {
    const given = generateEd25519Secrets(randomBytes);
    const made = await api.send("POST", "/v1/subscriptions", {
      body: { name: "x", url: "https://hooks.example.com/", key_type: "ed25519" },
    });
    expect(made.body).toMatchObject({
      key_type: "ed25519",
      secret: expect.stringMatching(/^whsk_/),
      public_key: expect.stringMatching(/^whpk_/),
    });
    const id = String(made.body.id);
    const rotated = await rotate(id, { secret: given.signing });
    expect(rotated.body).toMatchObject({ secret: given.signing, public_key: given.verifying });
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).body.public_key).toBe(given.verifying);
    expect(await liveSecretsOf(api, id)).toEqual([given.signing, made.body.secret]);
    expect((await rotate(id, { secret: newSecret() })).status).toBe(422);
  });

  test.each(["svix", "eka", "none"])("do not go with %s, on create and on update", async (scheme) => {
    const body = {
      name: "x",
      url: "https://hooks.example.com/",
      key_type: "ed25519",
      signature_scheme: scheme,
    };
    const refused = { status: 422, errors: [{ path: "key_type", code: "incompatible" }] };
    expect((await api.send("POST", "/v1/subscriptions", { body })).body).toMatchObject(refused);
    const id = await createSubscription(api, { key_type: "ed25519" });
    expect((await patch(id, { signature_scheme: scheme })).body).toMatchObject(refused);
  });
});

describe("a change of how deliveries are signed", () => {
  test("from shared secrets to pairs makes a pair, and the shared secret signs along for a day", async () => {
    const secret = newSecret();
    const id = await createSubscription(api, { secret });
    const answer = await patch(id, { key_type: "ed25519" });
    expect(answer.body).toMatchObject({ key_type: "ed25519", public_key: expect.stringMatching(/^whpk_/) });
    expect(answer.text).not.toContain("whsk_");
    expect(await liveSecretsOf(api, id)).toEqual([expect.stringMatching(/^whsk_/), secret]);
    expect(await secretOf(id)).toMatch(/^whsk_/);
    expect((await patch(id, { key_type: "hmac" })).body).toMatchObject({ public_key: null });
    expect(await secretOf(id)).toMatch(/^whsec_/);
    expect(await liveSecretsOf(api, id)).toHaveLength(3);
  });

  test("to a scheme that the secret fits keeps it: standard-webhooks, svix, eka, none and back", async () => {
    const secret = newSecret();
    const id = await createSubscription(api, { secret });
    for (const scheme of ["svix", "eka", "none", "standard-webhooks"]) {
      expect((await patch(id, { signature_scheme: scheme })).body.signature_scheme).toBe(scheme);
      expect(await liveSecretsOf(api, id)).toEqual([secret]);
    }
  });

  test("away from eka replaces a key that no other scheme can use, at once", async () => {
    const id = await createSubscription(api, { signature_scheme: "eka", secret: "any text will do" });
    expect(await secretOf(id)).toBe("any text will do");
    await patch(id, { signature_scheme: "standard-webhooks" });
    expect(await liveSecretsOf(api, id)).toEqual([expect.stringMatching(/^whsec_/)]);
  });

  test("from pairs to svix ends the pair at once, since svix cannot use it", async () => {
    const id = await createSubscription(api, { key_type: "ed25519" });
    await patch(id, { key_type: "hmac", signature_scheme: "svix" });
    expect(await liveSecretsOf(api, id)).toEqual([expect.stringMatching(/^whsec_/)]);
  });

  test("stops at five secrets in force too: 409, and nothing changes", async () => {
    const id = await createSubscription(api);
    for (let n = 0; n < 4; n++) await rotate(id);
    const answer = await patch(id, { key_type: "ed25519", name: "changed" });
    expect(answer.body).toMatchObject({ status: 409, code: "conflict" });
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).body).toMatchObject({
      key_type: "hmac",
      name: "test",
    });
  });
});

test("nothing is signed with none, so a secret for it is refused and one is kept for later", async () => {
  const body = { name: "x", url: "https://hooks.example.com/", signature_scheme: "none" };
  const refused = await api.send("POST", "/v1/subscriptions", { body: { ...body, secret: newSecret() } });
  expect(refused.body).toMatchObject({ status: 422, errors: [{ path: "secret" }] });
  const { status, body: made } = await api.send("POST", "/v1/subscriptions", { body });
  expect([status, await secretOf(String(made.id))]).toEqual([201, made.secret]);
});
