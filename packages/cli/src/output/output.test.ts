import { expect, test } from "vitest";
import { createOutput } from "./output.ts";
import { printable, printableJson } from "./printable.ts";
import { table } from "./table.ts";
import { withoutSecrets } from "./without-secrets.ts";

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: false }, {}, false],
  [{ isTTY: true }, { noColor: true }, false],
  [{ isTTY: true }, { json: true }, false],
  [{ isTTY: false }, { forceColor: true }, true],
])("in %j with %j colours are on: %s", (terminal, more, expected) => {
  const stdout = { write: () => true, ...terminal };
  const given = { stdout, stderr: stdout, json: false, noColor: false, forceColor: false, ...more };
  expect(createOutput(given).colors.isColorSupported).toBe(expected);
});

test("text of somebody else's cannot move the cursor or turn the writing around", () => {
  expect(printable("a\u001b[2Jb\r\nc\u202ed")).toBe("a\ufffd[2Jb\ufffd\ufffdc\ufffdd");
  const { colors } = createOutput({
    stdout: { write: () => true },
    stderr: { write: () => true },
    json: false,
    noColor: true,
    forceColor: false,
  });
  expect(table(colors, [["A", (row) => row.a]], [{ a: "\u001b]0;title\u0007" }])).not.toContain("\u001b");
});

test("nor can it in JSON, which says the same", () => {
  const value = { type: "a\u009b2J\u007f\u202eb", lines: ["one\ntwo"] };
  const text = printableJson(value, 2);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  expect(JSON.parse(text)).toEqual(value);
});

test("what grants access is masked, however deep", () => {
  const shown = withoutSecrets({
    id: "sub_1",
    secret: "whsec_x",
    data: [{ signing_key: "k", key: "cw_live_x", name: "n" }],
  });
  expect(JSON.stringify(shown)).not.toMatch(/whsec_x|cw_live_x|"k"/);
  expect(shown).toMatchObject({ id: "sub_1", data: [{ name: "n" }] });
});
