import { correctionAad, payloadAad, retryDeadLetters } from "@carewire/bus";
import { newId } from "@carewire/envelope";
import { createVault, keyEncryptionKeysSchema } from "@carewire/service-kit";
import { eventually, signStandardWebhookRequest } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIngressBench, type IngressBench } from "../../testing/ingress-bench.ts";
import { keyEncryptionKeys, leadSecret, organizationId } from "../../testing/start-test-gtm.ts";

const contentType = "application/x-www-form-urlencoded";

let bench: IngressBench;
beforeAll(async () => {
  bench = await createIngressBench();
});
afterAll(() => bench.stop());

test.each([
  ["JSON", '{"email":"sam@clinic.example","name":"Sam"}'],
  ["a form", "email=sam%40clinic.example&name=Sam"],
])("a form that could not be read may be corrected as %s", async (_name, corrected) => {
  const options = { secret: leadSecret, id: bench.freshId(), nowMs: bench.clock.now(), contentType };
  const request = signStandardWebhookRequest(`__proto__=${options.id}`, options);
  expect((await bench.post("/api/gtm/webhooks/inbound", request)).status).toBe(400);
  const vault = createVault({
    sql: bench.sql,
    keyEncryptionKeys: keyEncryptionKeysSchema.parse(keyEncryptionKeys),
  });
  const dataKey = await vault.dataKey(organizationId);
  const [letter] = await bench.sql<{ id: string }[]>`select id from dead_letters where status = 'open'`;
  const retryId = newId(Date.now());
  const sealedPayload = dataKey.seal(correctionAad(retryId), Buffer.from(corrected));
  await retryDeadLetters(bench.sql, [{ deadLetterId: letter?.id ?? "", retryId, sealedPayload }], "key_1");
  const event = await eventually(async () => {
    const [row] = await bench.sql<{ id: string; body: Buffer }[]>`
      select p.id, p.body from idempotency i join event_payloads p on p.id = i.event_id where i.key = ${options.id}`;
    return row;
  });
  const payload = JSON.parse(dataKey.open(payloadAad(event.id), event.body).toString());
  expect(payload.fields).toEqual({ email: "sam@clinic.example", name: "Sam" });
  await eventually(
    async () =>
      (await bench.sql`select 1 from dead_letters where status = 'resolved' and id = ${letter?.id ?? ""}`)[0],
  );
});
