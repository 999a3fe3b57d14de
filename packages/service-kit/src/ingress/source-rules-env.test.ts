import { expect, test } from "vitest";
import { sourceRulesSchema } from "./source-rules-env.ts";

test("rules are read by source; none by default", () => {
  const rules = {
    stripe: { allowed_addresses: ["3.18.12.63", "2600:1f24::/36"], rate_per_second: 0.5, burst: 3 },
    "leads/website": { client_certificate_subjects: ["CN=site"] },
  };
  expect(sourceRulesSchema.parse(JSON.stringify(rules))).toEqual(rules);
  expect(sourceRulesSchema.parse(undefined)).toEqual({});
});

test.each([
  ["no JSON", "{stripe}"],
  ["a list", "[]"],
  ["a rule that is none", '{"stripe":{"allowed_adresses":["127.0.0.1"]}}'],
  ["an address that is none", '{"stripe":{"allowed_addresses":["stripe.com"]}}'],
  ["an empty list, which would let nobody in", '{"stripe":{"allowed_addresses":[]}}'],
  ["an empty list of subjects", '{"stripe":{"client_certificate_subjects":[]}}'],
  ["an empty subject", '{"stripe":{"client_certificate_subjects":[""]}}'],
  ["no rate", '{"stripe":{"rate_per_second":0}}'],
  ["a name that is none", '{"Stripe ":{}}'],
])("%s is refused", (_name, text) => {
  const parsed = sourceRulesSchema.safeParse(text);
  expect(parsed.success).toBe(false);
  expect(parsed.error?.issues[0]?.message).toMatch(/^must be a JSON object of rules by source/);
});
