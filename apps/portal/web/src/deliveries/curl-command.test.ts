import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { curlCommand, shellWord } from "./curl-command.ts";

test("a shell reads any text back as it was, and runs nothing of it", () => {
  const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 40 }), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(texts, (drawn) => {
      const words = [...drawn, "'; rm -rf /tmp/x; '", "$(id)", "`id`", "!!", "a\nb"]
        .map((text) => text.replaceAll("\0", ""))
        .filter((text) => text.isWellFormed());
      const printed = execFileSync("sh", ["-c", `printf '%s\\037' ${words.map(shellWord).join(" ")}`]);
      expect(printed.toString().split("\u001f").slice(0, -1)).toEqual(words.map((word) => word));
    }),
    { numRuns: 10 },
  );
});

test("the command carries the headers that were sent, without those that curl sets", () => {
  const headers = { "webhook-id": "evt_1", "content-length": "2", Host: "a.example" };
  expect(curlCommand({ url: "https://a.example/hook", headers, body: "{}" })).toBe(
    "curl -X POST 'https://a.example/hook' \\\n  -H 'webhook-id: evt_1' \\\n  --data-raw '{}'",
  );
});
