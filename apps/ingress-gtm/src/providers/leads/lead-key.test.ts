import { expect, test } from "vitest";
import { parseLeadSecret } from "./lead-key.ts";

const hmac = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const publicKey = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";

const schemesOf = (text: string): string[] => {
  const parsed = parseLeadSecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  const { source, ...schemes } = parsed.key;
  return [source, ...Object.entries(schemes).flatMap(([name, key]) => (key === null ? [] : [name]))];
};

test.each([
  [hmac, ["default", "standard", "typeform", "signature", "token"]],
  ["just-a-token", ["default", "typeform", "signature", "token"]],
  ["just-a-token==", ["default", "typeform", "signature", "token"]],
  [`website=${hmac}`, ["website", "standard", "typeform", "signature", "token"]],
  [`website:standard=${hmac}`, ["website", "standard"]],
  ["survey:typeform=abc=", ["survey", "typeform"]],
  ["crm-2:signature=abc", ["crm-2", "signature"]],
  ["zapier:token=abc=def", ["zapier", "token"]],
])("%s belongs to a source and is accepted with these schemes", (text, expected) => {
  expect(schemesOf(text)).toEqual(expected);
});

test("a public key is no secret: nobody who knows it may sign or show it", () => {
  expect(schemesOf(publicKey)).toEqual(["default", "standard"]);
  for (const scheme of ["typeform", "signature", "token"]) {
    expect(parseLeadSecret(`crm:${scheme}=${publicKey}`)).toMatchObject({ ok: false });
  }
});

test.each([
  ["website:standard=abc", "prefix_unknown"],
  ["website:token=é", "encoding"],
  ["a b", "whitespace"],
  ["whpk_short", "encoding"],
  ["", "empty"],
])("%j is refused, and not repeated", (text, code) => {
  const parsed = parseLeadSecret(text);
  expect(parsed).toMatchObject({ ok: false, code });
  if (!parsed.ok && text !== "") expect(parsed.detail).not.toContain(text);
});
