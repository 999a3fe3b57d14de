import { readdirSync, readFileSync } from "node:fs";
import { refusedStandardWebhooks } from "@carewire/testkit";
import { Hl7Message } from "@medplum/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIngressBench, type IngressBench } from "../../testing/ingress-bench.ts";
import { secret } from "../../testing/start-test-emr.ts";
import { labResultTopic, recordedTopic } from "./hl7v2-topics.ts";
import { hl7MediaType } from "./reply.ts";

const samples = new URL("./samples/", import.meta.url);
const sample = (name: string): string => readFileSync(new URL(name, samples), "utf8");
const message = sample("oru_r01.hl7").replace("Fasting", "À jeun é");

const training = message.replace("CNTRL-3456", "CNTRL-9").replace("|P|2.5.1", "|T|2.5.1");

let bench: IngressBench;
beforeAll(async () => {
  bench = await createIngressBench("/webhooks/emr/hl7v2", hl7MediaType);
});
afterAll(() => bench.stop());

/** Status, media type, acknowledgement code, control id and error condition of an answer. */
async function readAck(answer: Response) {
  const ack = Hl7Message.parse((await answer.text()).trimEnd());
  return {
    status: answer.status,
    mediaType: answer.headers.get("content-type"),
    code: ack.getSegment("MSA")?.getComponent(1, 1),
    controlId: ack.getSegment("MSA")?.getComponent(2, 1),
    condition: ack.getSegment("ERR")?.getComponent(3, 1),
  };
}

const send = async (body: string, options = {}) => readAck(await bench.send(body, options));
const mediaType = `${hl7MediaType}; charset=utf-8`;
const accepted = { status: 200, mediaType, code: "AA", condition: undefined };

test.each([
  ["oru_r01.hl7", "AA", [labResultTopic]],
  ["oru_r01_two_orders.hl7", "AA", [labResultTopic, labResultTopic]],
  ["adt_a01.hl7", "AR", [recordedTopic]],
])("the sample %s is answered %s", async (file, code, topics) => {
  expect(readdirSync(samples)).toContain(file);
  const id = bench.freshId();
  expect(await send(sample(file), { id })).toMatchObject({ status: 200, mediaType, code });
  expect(await bench.topicsOf(id)).toEqual(topics);
});

test("a message is acknowledged under its control id, framed for MLLP or not, as text/plain or not", async () => {
  const expected = { ...accepted, controlId: "CNTRL-3456" };
  expect(await send(message)).toEqual(expected);
  expect(await send(`\x0b${message}\x1c\r`)).toEqual(expected);
  expect(await send(message, { contentType: "text/plain; charset=utf-8" })).toEqual(expected);
});

test("a repeat is acknowledged as the first was and has no second effect", async () => {
  const id = bench.freshId();
  const two = sample("oru_r01_two_orders.hl7");
  expect(await send(two, { id })).toMatchObject(accepted);
  expect(await send(two, { id })).toMatchObject(accepted);
  expect(await bench.topicsOf(id)).toHaveLength(2);
  expect(await bench.verdictsOf(id)).toEqual(["accepted", "duplicate"]);
});

test("another message under the same webhook-id is recorded and answered AR: it has no effect", async () => {
  const id = bench.freshId();
  await send(message, { id });
  const other = message.replace("CNTRL-3456", "CNTRL-9");
  expect(await send(other, { id })).toMatchObject({
    status: 200,
    code: "AR",
    controlId: "CNTRL-9",
    condition: "205",
  });
  expect(await bench.topicsOf(id)).toHaveLength(1);
});

test("a message of more results under the webhook-id of another one has no effect at all", async () => {
  const id = bench.freshId();
  await send(message, { id });
  expect(await send(sample("oru_r01_two_orders.hl7"), { id })).toMatchObject({
    code: "AR",
    condition: "205",
  });
  expect(await bench.topicsOf(id)).toHaveLength(1);
});

test("a message that differs only in what is not passed on is another message as well", async () => {
  const id = bench.freshId();
  await send(message, { id });
  const other = message.replace("EVERYWOMAN", "ANYWOMAN");
  expect(await send(other, { id })).toMatchObject({ status: 200, code: "AR", condition: "205" });
  expect(await bench.topicsOf(id)).toHaveLength(1);
});

test("the same control id under another webhook-id is another message: laboratories use theirs again", async () => {
  const [first, second] = [bench.freshId(), bench.freshId()];
  await send(message, { id: first });
  expect(await send(message, { id: second })).toMatchObject(accepted);
  expect(await bench.topicsOf(second)).toHaveLength(1);
});

test.each([
  ["of another type", "ORU^R01^ORU_R01", "MDM^T02", "200"],
  ["of another event", "ORU^R01^ORU_R01", "ORU^R30", "201"],
  ["for training", "|P|2.5.1", "|T|2.5.1", "202"],
  ["of version 3", "|P|2.5.1", "|P|3.0", "203"],
])("a message %s is answered AR and recorded", async (_name, from, to, condition) => {
  const id = bench.freshId();
  expect(await send(message.replace(from, to), { id })).toMatchObject({ status: 200, code: "AR", condition });
  expect(await bench.topicsOf(id)).toEqual([recordedTopic]);
});

test.each([
  ["without a patient", message.replace(/PID.*?\r/, ""), "AE", "CNTRL-3456", "100"],
  ["without a patient's id", message.replace(/pat_456.*?\|/, "|"), "AE", "CNTRL-3456", "101"],
  ["without a control id", message.replace("CNTRL-3456", ""), "AE", "", "101"],
  ["that is JSON", '{"event":"x"}', "AR", "", "100"],
  ["that is empty", "", "AR", "", "100"],
  ["and another one in one body", `${message.trimEnd()}\r${training}`, "AE", "CNTRL-3456", "100"],
  ["that is not taken, and one that is,", `${training.trimEnd()}\r${message}`, "AE", "CNTRL-9", "100"],
  ["with a NUL", `${message}\0`, "AR", "", "102"],
])(
  "a message %s is answered 400 in HL7, and kept as a dead letter",
  async (_name, body, code, controlId, condition) => {
    const answer = { status: 400, mediaType, code, controlId, condition };
    const id = bench.freshId();
    expect(await send(body, { id })).toEqual(answer);
    expect(await bench.topicsOf(id)).toEqual([]);
    expect(await bench.deadLetters()).toContainEqual(
      expect.objectContaining({ topic: recordedTopic, cause: "malformed" }),
    );
  },
);

test.each(refusedStandardWebhooks)(
  "a message with %s is answered 401 with an empty body and leaves no row",
  async (_name, build) => {
    const before = await bench.countRequests();
    const options = { secret, id: bench.freshId(), nowMs: bench.nowMs, contentType: hl7MediaType };
    const answer = await bench.post(build(message, options));
    expect([answer.status, await answer.text()]).toEqual([401, ""]);
    expect(await bench.countRequests()).toBe(before);
  },
);

test("JSON is 415, more than 1 MiB is 413", async () => {
  expect((await bench.send(message, { contentType: "application/json" })).status).toBe(415);
  expect((await bench.send(message + " ".repeat(1024 * 1024))).status).toBe(413);
});

test("nothing of a result, nor the message itself, is stored in the clear", async () => {
  const id = bench.freshId();
  await send(message, { id });
  expect(await bench.stored("EVERYWOMAN")).toBe(false);
  expect(await bench.stored("GLUCOSE")).toBe(false);
});
