import { readFileSync } from "node:fs";
import { correctionAad, retryDeadLetters } from "@carewire/bus";
import { newId } from "@carewire/envelope";
import { createVault, keyEncryptionKeysSchema } from "@carewire/service-kit";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIngressBench, type IngressBench } from "../../testing/ingress-bench.ts";
import { keyEncryptionKeys, organizationId } from "../../testing/start-test-emr.ts";
import { labResultTopic } from "./hl7v2-topics.ts";
import { hl7MediaType } from "./reply.ts";

const message = readFileSync(new URL("./samples/oru_r01.hl7", import.meta.url), "utf8");

let bench: IngressBench;
beforeAll(async () => {
  bench = await createIngressBench("/webhooks/emr/hl7v2", hl7MediaType);
});
afterAll(() => bench.stop());

test("a message that could not be read is corrected as HL7, and its result is told of", async () => {
  expect((await bench.send(message.replace(/OBR.*?\r/, ""))).status).toBe(400);
  const [letter] = await bench.sql<{ id: string }[]>`select id from dead_letters`;
  const retryId = newId(Date.now());
  const vault = createVault({
    sql: bench.sql,
    keyEncryptionKeys: keyEncryptionKeysSchema.parse(keyEncryptionKeys),
  });
  const dataKey = await vault.dataKey(organizationId);
  const sealedPayload = dataKey.seal(correctionAad(retryId), Buffer.from(message));
  await retryDeadLetters(bench.sql, [{ deadLetterId: letter?.id ?? "", retryId, sealedPayload }], "key_1");
  await eventually(async () => (await bench.sql`select 1 from dead_letters where status = 'resolved'`)[0]);
  expect((await bench.sql`select type from events`).map(({ type }) => type)).toEqual([labResultTopic]);
});
