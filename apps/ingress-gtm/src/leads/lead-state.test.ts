import fc from "fast-check";
import { expect, test } from "vitest";
import { addSubmission, firstState, type LeadState } from "./lead-state.ts";
import type { Submission } from "./submission.ts";

const startMs = 1_767_225_600_000;
const details = { email: "a@b.example", phone: null, name: null, message: null, pageUrl: null, fields: {} };

const submission = fc
  .record({
    second: fc.integer({ min: 0, max: 3 }),
    consent: fc.option(fc.record({ given: fc.boolean(), text: fc.constantFrom("a", "b", null) })),
  })
  .map(({ second, consent }): Submission => {
    const submittedAt = new Date(startMs + second * 1_000);
    return {
      source: "default",
      campaign: "",
      submittedAt,
      consent: consent && { ...consent, at: submittedAt },
      details,
      fillTimeMs: null,
    };
  });

const merge = ([first, ...rest]: Submission[]): LeadState =>
  rest.reduce(addSubmission, firstState(first as Submission));

test("no order of submissions changes a lead, and the latest word on consent counts, never silence", () => {
  const histories = fc.array(submission, { minLength: 1, maxLength: 8 }).chain((history) => {
    const order = fc.shuffledSubarray(history, { minLength: history.length });
    return fc.record({ first: order, second: order });
  });
  fc.assert(
    fc.property(histories, ({ first, second }) => {
      const lead = merge(first);
      expect(merge(second)).toEqual(lead);
      expect(lead.submissions).toBe(first.length);
      const said = first.map(({ consent }) => consent).filter((consent) => consent !== null);
      const latestMs = Math.max(...said.map(({ at }) => at?.getTime() ?? 0));
      const last = said.filter(({ at }) => at?.getTime() === latestMs);
      expect(lead.consent?.given ?? null).toBe(said.length === 0 ? null : last.every(({ given }) => given));
    }),
  );
});
