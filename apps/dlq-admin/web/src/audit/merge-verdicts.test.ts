import { expect, it } from "vitest";
import type { AuditVerdict } from "../api/types.ts";
import { mergeVerdicts } from "./merge-verdicts.ts";

const part = (seq: number, rest: Partial<AuditVerdict> = {}): AuditVerdict => ({
  ok: true,
  entries: 10,
  head_seq: String(seq),
  head_hash: `hash ${seq}`,
  complete: false,
  fault: null,
  ...rest,
});

it("A chain in parts is as whole as its last part, and its head is the last one there is", () => {
  expect(mergeVerdicts(part(10), part(20, { complete: true }))).toEqual(
    part(20, { complete: true, entries: 20 }),
  );
  const fault = { seq: "12", reason: "altered" } as const;
  expect(mergeVerdicts(part(10), part(11, { ok: false, entries: 1, fault }))).toMatchObject({
    ok: false,
    entries: 11,
    fault,
  });
  expect(
    mergeVerdicts(part(10), part(0, { entries: 0, head_seq: null, head_hash: null, complete: true })),
  ).toMatchObject({
    head_seq: "10",
    head_hash: "hash 10",
  });
});
