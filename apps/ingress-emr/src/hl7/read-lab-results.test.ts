import { readFileSync } from "node:fs";
import { labResultReceivedPayload } from "@carewire/envelope";
import { expect, test } from "vitest";
import { readLabResults } from "./read-lab-results.ts";
import { readMessage } from "./read-message.ts";

const msh = "MSH|^~\\&|LAB|MAIN|EMR|CLINIC|20260104||ORU^R01|77|P|2.5.1";
const pid = "PID|1||pat_7";

function readText(text: string | Buffer) {
  const read = readMessage(Buffer.from(text));
  if (!read.ok) throw new Error(read.problem.text);
  return readLabResults(read.message, read.header.controlId);
}

const read = (...segments: string[]) => readText([msh, ...segments].join("\r"));

function resultsOf(...segments: string[]) {
  const lab = read(...segments);
  if (!lab.ok) throw new Error(lab.problem.text);
  return lab.results;
}

const sample = (name: string) => readFileSync(new URL(`../providers/hl7v2/samples/${name}`, import.meta.url));

test("a result comes out with its order, patient, doctor, moments, values and notes", () => {
  const lab = readText(sample("oru_r01.hl7"));
  if (!lab.ok) throw new Error(lab.problem.text);
  expect(lab.results).toEqual([
    {
      lab_result_id: "1045813",
      patient_id: "pat_456",
      patient_identifiers: [
        { id: "pat_456", authority: "HOSPITAL", type: "MR" },
        { id: "555-44-4444", authority: "SSA", type: "SS" },
      ],
      doctor_id: "dr_abc",
      placer_order_id: "845439",
      filler_order_id: "1045813",
      test: { code: "15545", name: "GLUCOSE", system: "L" },
      status: "F",
      observed_at: "2026-01-04T07:30:00+01:00",
      reported_at: "2026-01-04T21:00:00+00:00",
      observations: [
        {
          code: "1554-5",
          name: "GLUCOSE POST 12H CFST",
          system: "LN",
          value_type: "SN",
          values: ["182"],
          units: "mg/dl",
          reference_range: "70-105",
          abnormal_flags: ["H"],
          status: "F",
          observed_at: "2026-01-04T07:30:00+01:00",
          notes: ["Repeated: the first run clotted & was thrown away."],
        },
        expect.objectContaining({ code: "2345-7", values: ["182"], abnormal_flags: ["H", "A"], notes: [] }),
        expect.objectContaining({ code: "883-9", value_type: "CWE", values: ["Group A"] }),
      ],
      notes: ["Fasting, as asked for."],
    },
  ]);
});

test("two orders in one message are two results, each with its own observations", () => {
  const lab = readText(sample("oru_r01_two_orders.hl7"));
  if (!lab.ok) throw new Error(lab.problem.text);
  expect(
    lab.results.map(({ lab_result_id, status, observations }) => [
      lab_result_id,
      status,
      observations?.map(({ code, values }) => [code, values]),
    ]),
  ).toEqual([
    ["L-1", "F", [["718-7", ["13.5"]]]],
    ["L-2", "P", [["4544-3", ["41"]]]],
  ]);
  for (const result of lab.results) expect(labResultReceivedPayload.parse(result)).toEqual(result);
});

test.each<[string, string[], object]>([
  ["the laboratory's number", ["OBR|1|P-1|F-1"], { lab_result_id: "F-1", placer_order_id: "P-1" }],
  ["the number in ORC", ["ORC|RE|P-1|F-1", "OBR|1"], { lab_result_id: "F-1", placer_order_id: "P-1" }],
  ["the orderer's, when there is no other", ["OBR|1|P-1"], { lab_result_id: "P-1" }],
  ["the message's, when there is none", ["OBR|1"], { lab_result_id: "77-1" }],
  ["the message's, for an endless one", [`OBR|1||${"F".repeat(256)}`], { lab_result_id: "77-1" }],
])("a result is known by %s", (_name, segments, expected) => {
  expect(resultsOf(pid, ...segments)).toMatchObject([expected]);
});

test("an ORC is for the next OBR only", () => {
  const ids = resultsOf(pid, "ORC|RE||F-1", "OBR|1", "OBR|2").map(({ lab_result_id }) => lab_result_id);
  expect(ids).toEqual(["F-1", "77-2"]);
});

test("a second PID begins another patient", () => {
  const patients = resultsOf("PID|1||pat_1", "OBR|1", "PID|2||pat_2", "OBR|1", "OBR|2").map(
    ({ patient_id }) => patient_id,
  );
  expect(patients).toEqual(["pat_1", "pat_2", "pat_2"]);
});

test("a patient known the old way, by PID-2, is found", () => {
  expect(resultsOf("PID|1|pat_old", "OBR|1")[0]?.patient_id).toBe("pat_old");
});

test.each([
  ["NM", "7.4", ["7.4"]],
  ["NM", "1~2", ["1", "2"]],
  ["SN", ">^100", [">100"]],
  ["SN", "^1^:^128", ["1:128"]],
  ["TX", "line one\\.br\\line two", ["line one\nline two"]],
  ["CE", "A^Positive^L", ["Positive"]],
  ["CWE", "LA1", ["LA1"]],
  ["ED", "^application^pdf^Base64^JVBERi0=", []],
  ["", "x^y", ["x^y"]],
  ["NM", "", []],
])("an observation of type %s that says %s has the values %j", (type, value, values) => {
  const [result] = resultsOf(pid, "OBR|1", `OBX|1|${type}|718-7||${value}`);
  expect(result?.observations?.[0]?.values).toEqual(values);
});

test.each<[string, string[], object]>([
  ["no PID", ["OBR|1"], { condition: 100 }],
  ["no identifier in PID", ["PID|1||^^^X", "OBR|1"], { condition: 101, location: "PID^1^3" }],
  ["an endless identifier in PID", [`PID|1||${"p".repeat(256)}`, "OBR|1"], { condition: 101 }],
  [
    "a thousand identifiers",
    [`PID|1||${"p~".repeat(1_000)}`, "OBR|1"],
    { condition: 102, location: "PID^1^3" },
  ],
  ["no OBR", [pid], { condition: 100 }],
  ["an OBX before its OBR", [pid, "OBX|1|NM|718-7||1"], { condition: 100 }],
  [
    "an OBX of the second patient before its OBR",
    ["PID|1||pat_1", "OBR|1||F-1", "OBX|1|NM|718-7||1", "PID|2||pat_2", "OBX|1|NM|718-7||2", "OBR|1||F-2"],
    { condition: 100 },
  ],
  [
    "an OBX of the second order before its OBR",
    [pid, "OBR|1||F-1", "OBX|1|NM|718-7||1", "ORC|RE||F-2", "OBX|1|NM|718-7||2", "OBR|2||F-2"],
    { condition: 100 },
  ],
  ["201 OBR", [pid, ...Array<string>(201).fill("OBR|1")], { condition: 102 }],
])("a message with %s is answered AE", (_name, segments, problem) => {
  expect(read(...segments)).toMatchObject({ ok: false, problem: { acknowledgement: "AE", ...problem } });
});

test("segments nobody asked for, notes about nothing and empty lines are passed over", () => {
  expect(resultsOf("NTE|1||x", "PV1|1|O", pid, "NTE|1||y", "", "ZZZ|1", "OBR|1||F-1")).toMatchObject([
    { lab_result_id: "F-1", notes: [], observations: [] },
  ]);
});
