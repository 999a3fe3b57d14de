import { readdirSync, readFileSync } from "node:fs";
import { Hl7Message } from "@medplum/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acknowledge } from "./acknowledge.ts";
import { conditions } from "./hl7-problem.ts";
import { readLabResults } from "./read-lab-results.ts";
import { readMessage } from "./read-message.ts";

const samples = new URL("../providers/hl7v2/samples/", import.meta.url);
const header = "MSH|^~\\&|LAB|MAIN|EMR|CLINIC|20260104||ORU^R01|77|P|2.5.1";
const nowMs = Date.UTC(2026, 0, 4, 22, 30);

const framed = (text: string): Buffer => Buffer.from(`\x0b${text}\x1c\r`);

describe.each(readdirSync(samples))("the sample %s", (file) => {
  const bytes = readFileSync(new URL(file, samples));

  test("is read with and without an MLLP frame, and with line feeds for carriage returns", () => {
    const plain = readMessage(bytes);
    if (!plain.ok) throw new Error(plain.problem.text);
    for (const other of [framed(bytes.toString()), Buffer.from(bytes.toString().replaceAll("\r", "\r\n"))]) {
      const read = readMessage(other);
      expect(read.ok && [read.header, read.message.toString()]).toEqual([
        plain.header,
        plain.message.toString(),
      ]);
    }
  });
});

test("the header says what was sent under which id", () => {
  expect(readMessage(Buffer.from(header))).toMatchObject({
    ok: true,
    header: { type: "ORU", event: "R01", controlId: "77", processingId: "P", version: "2.5.1" },
  });
});

test.each<[string, string | Buffer, object]>([
  ["empty", "", { acknowledgement: "AR", condition: 100 }],
  ["JSON", '{"event":"x"}', { acknowledgement: "AR", condition: 100 }],
  ["another segment first", `PID|1\r${header}`, { acknowledgement: "AR", condition: 100 }],
  ["only the three letters", "MSH", { acknowledgement: "AR", condition: 100 }],
  ["letters for separators", "MSHabcdefaLAB", { acknowledgement: "AR", condition: 100 }],
  ["one separator for everything", "MSH|^^\\&|LAB", { acknowledgement: "AR", condition: 102 }],
  [
    "invalid UTF-8",
    Buffer.concat([Buffer.from(header), Buffer.from([0xe9])]),
    { acknowledgement: "AR", condition: 102 },
  ],
  ["a NUL inside", `${header}\rPID|\0`, { acknowledgement: "AR", condition: 102 }],
  ["two MLLP blocks", `${header}\x1c\r\x0b${header}`, { acknowledgement: "AR", condition: 102 }],
  ["5,001 segments", header + "\rNTE".repeat(5_001), { acknowledgement: "AR", condition: 102 }],
  ["a million separators", header + "|".repeat(1_000_000), { acknowledgement: "AR", condition: 102 }],
  ["two messages", `${header}\rPID|1\r${header}`, { acknowledgement: "AE", condition: 100 }],
  ["a second one in other separators", `${header}\rMSH#^~\\&#LAB`, { acknowledgement: "AE", condition: 100 }],
  ["no message type", "MSH|^~\\&|A|B|C|D|2026||||P|2.5", { acknowledgement: "AE", condition: 101 }],
  ["no control id", "MSH|^~\\&|A|B|C|D|2026||ORU^R01||P|2.5", { acknowledgement: "AE", condition: 101 }],
  [
    "an endless control id",
    `MSH|^~\\&|A|B|C|D|2026||ORU^R01|${"7".repeat(200)}|P|2.5`,
    { acknowledgement: "AE", condition: 102 },
  ],
  [
    "an endless sending application",
    `MSH|^~\\&|${"A".repeat(200)}|B|C|D|2026||ORU^R01|7|P|2.5`,
    { acknowledgement: "AE", condition: 102, location: "MSH^1^3" },
  ],
  [
    "an endless sending facility",
    `MSH|^~\\&|A|${"B".repeat(200)}|C|D|2026||ORU^R01|7|P|2.5`,
    { acknowledgement: "AE", condition: 102, location: "MSH^1^4" },
  ],
])("a body that is or has %s is no message", (_name, body, problem) => {
  expect(readMessage(Buffer.from(body))).toMatchObject({ ok: false, problem });
});

/** An answer as HL7 engines read it. */
function parsed(text: string): Hl7Message {
  expect(text.endsWith("\r")).toBe(true);
  const message = Hl7Message.parse(text.trimEnd());
  expect(message.header.getComponent(9, 1)).toBe("ACK");
  return message;
}

test("an accepted message is acknowledged with AA, from its receiver to its sender, in its own separators", () => {
  const read = readMessage(Buffer.from("MSH*!~\\&*LAB!1.2!ISO*MAIN*EMR*CLINIC*20260104**ORU!R01*A-77*T*2.3"));
  if (!read.ok) throw new Error(read.problem.text);
  const text = acknowledge(read.message, { taken: true }, nowMs);
  expect(text).toBe(
    `MSH*!~\\&*EMR*CLINIC*LAB!1.2!ISO*MAIN*20260104223000+0000**ACK!R01!ACK*${nowMs}*T*2.3\rMSA*AA*A-77\r`,
  );
  parsed(text);
});

test("a refused one is answered with where, what and why, in words of ours", () => {
  const read = readMessage(Buffer.from(header));
  const text = "PID-3, the patient's identifier, is missing or too long";
  const problem = { acknowledgement: "AE", condition: 101, location: "PID^1^3", text } as const;
  const ack = parsed(acknowledge(read.message, { taken: false, problem }, nowMs));
  expect(ack.getSegment("MSA")?.toString()).toBe("MSA|AE|77");
  expect(ack.getSegment("ERR")?.toString()).toBe(`ERR||PID^1^3|101^${conditions[101]}^HL70357|E||||${text}`);
});

test("what has no header is answered without one to answer to", () => {
  const read = readMessage(Buffer.from("hello"));
  if (read.ok) throw new Error("it was read");
  const ack = parsed(acknowledge(read.message, { taken: false, problem: read.problem }, nowMs));
  expect(ack.getSegment("MSA")?.toString()).toBe("MSA|AR|");
});

const separators = fc.constantFrom("|", "^", "~", "\\", "&", "\r", "\n", "\x0b", "\x1c", "é", "\ud83d", "1");
const words = fc.constantFrom("MSH", "PID", "OBR", "OBX", "NTE", "ORC", "ORU^R01", "MSH|^~\\&|", header);
/** Text that looks like HL7 more often than chance would have it. */
const almostHl7 = fc
  .array(fc.oneof(separators, words, fc.string({ unit: "binary", maxLength: 8 })), { maxLength: 60 })
  .map((parts) => Buffer.from(parts.join("")));
/** A good message with some of its bytes changed. */
const mutated = fc
  .tuple(
    fc.constantFrom(...readdirSync(samples).map((file) => readFileSync(new URL(file, samples)))),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
  )
  .map(([bytes, changes]) => {
    const copy = Buffer.from(bytes);
    for (const [at, byte] of changes) copy[at % copy.length] = byte;
    return copy;
  });

test("hostile bytes never throw: they are read or refused, and answered in HL7 that holds together", () => {
  fc.assert(
    fc.property(fc.oneof(almostHl7, mutated, fc.uint8Array({ maxLength: 300 })), (bytes) => {
      const read = readMessage(bytes);
      const lab = read.ok ? readLabResults(read.message, read.header.controlId) : null;
      const problem = !read.ok ? read.problem : lab?.ok === false ? lab.problem : null;
      if (lab?.ok) expect(lab.results.length).toBeGreaterThan(0);
      const answer = problem ? ({ taken: false, problem } as const) : ({ taken: true } as const);
      const ack = parsed(acknowledge(read.message, answer, nowMs));
      expect(ack.segments.map(({ name }) => name)).toEqual(problem ? ["MSH", "MSA", "ERR"] : ["MSH", "MSA"]);
    }),
    { numRuns: 2_000 },
  );
});
